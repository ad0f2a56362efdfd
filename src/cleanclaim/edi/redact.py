"""A file with every identity replaced: alike ones alike, lengths and validity kept, so that it can be shown around.

Replaced are names, addresses (the state and three digits of the ZIP stay), contacts, numbers of people, providers,
payers, claims, accounts and checks, days of birth and death, free text, and the whole of every attached document. What
is left are codes, amounts, the days of service and the structure. The same value becomes the same replacement
everywhere in every file made with one key.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from cleanclaim.kernel.ids import npi
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, is_held
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.elements import is_digits
from cleanclaim.wire.x12.feed import read_segments
from cleanclaim.wire.x12.source import Source
from cleanclaim.wire.x12.window import BLANKS

# By segment: the elements that hold identities. A pair is an element and one of its components.
_PLAIN: dict[str, tuple[int, ...]] = {
    "ISA": (2, 4, 6, 8), "GS": (2, 3), "BHT": (3,), "BGN": (2, 6), "NM1": (3, 4, 5, 6, 7, 9, 12), "N1": (2, 4),
    "N2": (1, 2), "N3": (1, 2), "N4": (1, 6), "PER": (2, 4, 6, 8, 9), "CLM": (1,), "CLP": (1, 7), "TRN": (2, 4),
    "BPR": (7, 9, 11, 13, 15), "SBR": (3, 4), "NTE": (2,), "K3": (1,), "DN1": (4,), "MSG": (1,), "PWK": (6, 7),
    "SVD": (1,), "ENT": (4, 7, 9), "RMR": (2,), "TS3": (1,), "PLB": (1,), "ACT": (1, 2, 4, 6, 7), "III": (4,),
    "ADX": (4,), "CN1": (4,), "COB": (2,), "CR1": (7, 8, 9, 10), "CR2": (10, 11), "CR5": (5, 9), "EB": (5,),
    "EFI": (2, 11), "FRM": (3,), "HCP": (4,), "HCR": (2,), "HD": (4,), "ICM": (4,), "IDC": (1,), "MPI": (4,),
    "PS1": (1,), "RDM": (2, 3), "STC": (9, 12), "SV3": (7,), "IK4": (4,), "AK4": (4,),
}  # fmt: skip
_COMPOSITE: dict[str, tuple[tuple[int, int], ...]] = {
    "PLB": ((3, 2), (5, 2), (7, 2), (9, 2), (11, 2), (13, 2)),
    "REF": ((4, 2), (4, 4), (4, 6)),
    "RDM": ((4, 2), (5, 2)),
    "CTX": ((1, 2),),
    # What a procedure without a code of its own is said to be.
    "SV1": ((1, 7),), "SV2": ((2, 7),), "SV3": ((1, 7),), "SVC": ((1, 7), (6, 7)), "SVD": ((3, 7),),
}  # fmt: skip
# References whose value is a code, not somebody's number.
_CODES = frozenset({"T4", "P4", "LX", "PXC"})
_BIRTH = {"DMG": (2,)}
_DEATH = {"PAT": (6,), "INS": (12,)}
_ORIGINATOR = {"BPR": (10,), "TRN": (3,)}
_ZIP = {"N4": (3,)}
# The form of a Medicare number is checked: letters like S, L, O, I, B and Z never occur in it, nor a leading zero.
_MBI = re.compile(r"[1-9][A-Z][A-Z0-9]\d[A-Z][A-Z0-9]\d[A-Z]{2}\d\d")
_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
_DIGITS, _UPPER, _LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


def redact(source: Source, *, key: bytes) -> Iterator[str]:
    """The file segment by segment, as it came but for the identities; text outside of interchanges is left out.

    Args:
        key: whoever has it can tell whether a guessed name stood in the file; throw it away.

    Raises:
        InputError: the file is packed and damaged.
        OSError: it cannot be opened.
    """
    swap = Replacer(key)
    for text, delimiters in read_segments(source):
        yield swap.segment(text, delimiters)


class Replacer:
    """Replaces values under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.value: Callable[[str], str] = lru_cache(maxsize=100_000)(self._value)

    def segment(self, raw: str, delimiters: Delimiters) -> str:
        """The segment with its identities replaced; blanks around it stay."""
        body = raw.strip(BLANKS + delimiters.segment)
        if not body:
            return raw
        start = raw.index(body)
        elements = body.split(delimiters.element)
        tag = elements[0]
        for number in _PLAIN.get(tag, ()):
            self._replace(elements, number, self.value)
        for number, component in _COMPOSITE.get(tag, ()):
            self._component(elements, number, component, delimiters.component)
        if tag == "REF" and len(elements) > 2 and elements[1] not in _CODES:
            self._replace(elements, 2, self.value)
            self._replace(elements, 3, self.words)
        for numbers, change in (
            (_BIRTH, self.birth),
            (_DEATH, self.death),
            (_ORIGINATOR, self.originator),
            (_ZIP, self.zip_code),
        ):
            for number in numbers.get(tag, ()):
                self._replace(elements, number, change)
        if tag in LENGTH_ELEMENT:
            _blank_data(elements)
        return raw[:start] + delimiters.element.join(elements) + raw[start + len(body) :]

    def words(self, text: str) -> str:
        """Free text: every letter and digit replaced."""
        return self.value(text) if text.strip() else text

    def birth(self, text: str) -> str:
        """A day of birth: one to nine years earlier, so that nobody is treated before birth."""
        if len(text) != 8 or not is_digits(text):
            return self.value(text)
        mixed = self._bytes("day" + text)
        year = max(1900, int(text[:4]) - 1 - mixed[0] % 9)
        return f"{year:04d}{1 + mixed[1] % 12:02d}{1 + mixed[2] % 28:02d}"

    def death(self, text: str) -> str:
        """A day of death: earlier in its year, so neither before the birth nor after the message."""
        if len(text) != 8 or not is_digits(text):
            return self.value(text)
        mixed = self._bytes("day" + text)
        month, day = max(1, int(text[4:6])), max(1, min(28, int(text[6:])))
        return f"{text[:4]}{1 + mixed[1] % month:02d}{1 + mixed[2] % day:02d}"

    def originator(self, text: str) -> str:
        """Who orders a payment: 1 and a tax id, the same id that stands elsewhere."""
        if len(text) != 10 or text[0] != "1":
            return self.value(text)
        return text[0] + self.value(text[1:])

    def zip_code(self, text: str) -> str:
        """A ZIP code: its first three digits stay."""
        return text[:3] + self.value("zip" + text)[-len(text[3:]) :] if len(text) > 3 else text

    def _value(self, text: str) -> str:
        """Alike in length and kind of characters; a valid NPI becomes a valid NPI. Blanks that fill up stay."""
        bare = text.rstrip()
        if bare != text:
            return self.value(bare) + text[len(bare) :]
        if _MBI.fullmatch(text):
            return self._medicare_number(text)
        swapped = self._alike(text)
        if npi.is_valid(text):
            return text[0] + swapped[1:9] + npi.check_digit(text[0] + swapped[1:9])
        if swapped == text and any(c.isalnum() for c in text):
            return self._alike(text, salt="again")
        return swapped

    def _medicare_number(self, text: str) -> str:
        mixed = self._bytes(text)
        rest = (
            _DIGITS[byte % 10] if is_digits(char) else _MBI_LETTERS[byte % len(_MBI_LETTERS)]
            for char, byte in zip(text[1:], mixed[1:], strict=False)
        )
        return _DIGITS[1 + mixed[0] % 9] + "".join(rest)

    def _alike(self, text: str, salt: str = "") -> str:
        mixed = self._bytes(salt + text, len(text))
        out = []
        for char, byte in zip(text, mixed, strict=False):
            for alphabet in (_DIGITS, _UPPER, _LOWER):
                if char in alphabet:
                    char = alphabet[byte % len(alphabet)]
                    break
            out.append("X" if char.isalnum() and not char.isascii() else char)
        return "".join(out)

    def _bytes(self, text: str, count: int = 16) -> bytes:
        made = b""
        while len(made) < count:
            block = f"{len(made)}|{text}".encode()
            made += hmac.new(self._key, block, hashlib.sha256).digest()
        return made

    @staticmethod
    def _replace(elements: list[str], number: int, change: Callable[[str], str]) -> None:
        if number < len(elements) and elements[number]:
            elements[number] = change(elements[number])

    def _component(self, elements: list[str], number: int, component: int, separator: str) -> None:
        if number >= len(elements):
            return
        parts = elements[number].split(separator)
        if component <= len(parts) and parts[component - 1]:
            parts[component - 1] = self.value(parts[component - 1])
            elements[number] = separator.join(parts)


def _blank_data(elements: list[str]) -> None:
    """As many bytes as there were, all alike: documents tell who the patient is."""
    first = LENGTH_ELEMENT[elements[0]] + 1
    each = 2 if is_held(elements) else 1  # hexadecimal digits are two a byte
    elements[first:] = ["X" * (len(text) // each) for text in elements[first:]]
