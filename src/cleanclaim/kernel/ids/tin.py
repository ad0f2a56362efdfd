"""Taxpayer number (EIN or SSN used as one): nine digits, no check digit (26 CFR 301.6109-1)."""

from cleanclaim.kernel.errors import InputError


def compact(text: str) -> str:
    """`text` without blanks and hyphens."""
    return text.replace(" ", "").replace("-", "")


def is_valid(text: str) -> bool:
    """Whether it is nine digits and not all alike."""
    return len(text) == 9 and text.isascii() and text.isdigit() and len(set(text)) > 1


def validate(text: str) -> str:
    """The compact number.

    Raises:
        InputError: it is not nine digits.
    """
    number = compact(text)
    if not is_valid(number):
        raise InputError(f"TIN of {len(number)} characters: expected nine digits")
    return number
