"""What is screened has the findings of the exact checks, to the letter."""

import io
import random
from pathlib import Path

import pytest

from cleanclaim import edi
from cleanclaim.edi import check, message
from cleanclaim.edi.checks import select
from cleanclaim.edi.fields import amount
from cleanclaim.edi.report import located
from cleanclaim.edi.screening import screening_for
from cleanclaim.edi.screening.columns import NOT_CENTS, cents
from cleanclaim.wire.x12.delimiters import Delimiters

FOLDER = Path(edi.__file__).parent
SAMPLES = [
    p
    for m in ("hc837p", "hc837i", "hc837d", "hc835")
    for p in sorted((FOLDER / m / "samples").glob("*.edi"))
]
LEVELS = frozenset({1, 2, 3, 5})
VALUES = ("0", "125.01", "-3", "7.", "1.005", "99999999999999999.99", "XX", "1234567890", "M545", "ABK:M545", "HC:J9999",
          "20150930", "20261001", "99:B:1", "03", "ZZ", "999", "5551", "N999", "45", "")  # fmt: skip


class Dribble(io.BytesIO):
    """A stream that gives little at a time, so that windows are small."""

    most = 1 << 20

    def read(self, size=-1, /):
        return super().read(self.most if size < 0 else min(size, self.most))


def _found(data, most):
    stream = Dribble(data)
    stream.most = most
    received = check(stream, levels=LEVELS)
    return sorted(repr(at.finding) for at in located(received)), [
        m.is_accepted for m in received.messages
    ]


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """Some elements changed, behind the envelope."""
    segments = data.decode().split("~")
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        at = chance.randrange(3, len(segments) - 4)
        elements = segments[at].split("*")
        if len(elements) > 1:
            elements[chance.randrange(1, len(elements))] = chance.choice(VALUES)
            segments[at] = "*".join(elements)
    return "~".join(segments).encode()


def _long(data: bytes) -> bytes:
    """The message with its claims many times over, so that most of them lie within one part."""
    segments = data.decode().replace("\n", "").split("~")
    starts = [n for n, s in enumerate(segments) if s.startswith(("HL*2*", "CLP*"))]
    ends = [n for n, s in enumerate(segments) if s.startswith(("SE*", "PLB*"))]
    if not starts or not ends:
        return data
    body = segments[starts[0] : ends[0]]
    return "~".join([*segments[: starts[0]], *(body * 12), *segments[ends[0] :]]).encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_screening_changes_no_finding(path, monkeypatch):
    chance = random.Random(path.stem)
    base = _long(path.read_bytes())
    screened = 0
    for _ in range(25):
        data = _damaged(base, chance)
        most = chance.choice((1 << 20, 900, 3000))
        quick = _found(data, most)
        with monkeypatch.context() as exact:
            exact.setattr(message, "screening_for", lambda *_: None)

            assert quick == _found(data, most)
        screened += bool(quick[0])
    assert screened > 5


@pytest.mark.parametrize("name", ["837P", "837I", "837D", "835"])
def test_every_check_of_balances_and_codes_is_screened(name):
    assert screening_for(name, select(name, LEVELS), Delimiters(), None) is not None


def test_a_check_that_the_screen_does_not_know_goes_the_exact_way():
    assert screening_for("837P", select("837P", LEVELS | {4}), Delimiters(), None) is None


@pytest.mark.parametrize("text", [*VALUES, "-.5", ".5", "5.50", "+1", "1e3", "١"])
def test_cents_are_the_decimal_or_nothing(text):
    found = cents(text)

    exact = amount(text) if text else 0
    assert found == NOT_CENTS or found == exact * 100
