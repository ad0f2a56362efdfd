"""Money that left the bank account against what the books say left it: settled, held with candidates, or unknown.

The amount must agree to the cent, of one entry or of several that add up to it. Only where the bank also names each of them
(a check's number, a trace, an authorization), and nothing else fits as well, is a line settled without a person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from rapidfuzz import fuzz

from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.reconciliation.deposits import (
    MOST_CANDIDATES,
    Candidate,
    Match,
    MatchState,
)
from cleanclaim.rules.reconciliation.sums import together
from cleanclaim.values.bank import BankLine

DAYS = Path(__file__).with_name("parameters") / "debit_days.yaml"
LOOK_BACK = Path(__file__).with_name("parameters") / "debit_look_back.yaml"
MOST_DAYS = 400
_SHORTEST_NUMBER = 3  # shorter ones are no check numbers
_LONG_WORD = 4
_ALIKE = 70  # of 100: names less alike say nothing
_WORD = re.compile(r"[A-Z0-9][A-Z0-9-]*")


@dataclass(frozen=True, slots=True)
class MoneyOut:
    """What the books say left the bank, or would by an act at hand; `key` is the caller's own.

    `numbers` are those under which the bank may name it, `name` is who got or had given the money.
    """

    key: int
    paid: Decimal  # above zero
    booked_on: date
    numbers: tuple[str, ...] = ()
    name: str = ""
    payer_trace_id: str = field(default="", init=False)  # the search by sums: all are of one bank


def days_around(*, on: date) -> int:
    """How many days before and after a line its entry is looked for."""
    return int(parameter(DAYS).value(on=on))


def looked_at_from(*, on: date) -> date:
    """The first day whose open lines are looked at again by themselves."""
    return on - timedelta(days=int(parameter(LOOK_BACK).value(on=on)))


def explain_debit(line: BankLine, booked: Sequence[MoneyOut], *, days: int) -> Match:
    """What explains a line of money out, of what is booked within so many days of it and explains no other line."""
    near = [one for one in booked if abs((one.booked_on - line.booked_on).days) <= days]
    near.sort(key=lambda one: (_named(line, one) == "", _apart(line, one), one.key))
    amount = -line.amount
    fitting: list[tuple[MoneyOut, ...]] = [(one,) for one in near if one.paid == amount]
    fitting += together(amount, near)
    found = [(_scored(line, some), some) for some in fitting]
    if not found:
        words = f"no entry of {show(amount)} within {counted(days, 'day')} of {line.booked_on}"
        return Match(0, MatchState.UNKNOWN, reasons=(words,))
    named = [one for one, some in found if all(_named(line, each) for each in some)]
    found.sort(key=lambda one: (one[0] not in named, -one[0].score, one[0].keys))
    candidates = tuple(one for one, _ in found[:MOST_CANDIDATES])
    if len(named) == 1:
        return Match(0, MatchState.MATCHED, named[0].keys, named[0].reasons, candidates)
    words = "several are named" if named else "of this amount, but the bank names no number of it"
    return Match(0, MatchState.HELD, (), (words,), candidates)


def _scored(line: BankLine, some: Sequence[MoneyOut]) -> Candidate:
    """50 for the amount, up to 20 for the day, 30 for a number or up to 20 for a name; as the worst of several, less 5."""
    scores, said = [], []
    if len(some) > 1:
        said.append(f"{len(some)} add up to {show(-line.amount)}")
    else:
        said.append(f"amount {show(-line.amount)}")
    for one in some:
        apart, number, likeness = _apart(line, one), _named(line, one), _likeness(line, one)
        sign = 30 if number else likeness // 5
        scores.append(50 + max(0, 20 - 2 * apart) + sign)
        if number:
            said.append(f"the bank names {number}")
        elif likeness:
            said.append(f"name {likeness} % alike")
    far = max(_apart(line, one) for one in some)
    said.append(f"{counted(far, 'day')} apart" if far else "on the same day")
    score = min(scores) - (5 if len(some) > 1 else 0)
    return Candidate(tuple(one.key for one in some), score, tuple(dict.fromkeys(said)))


def _apart(line: BankLine, one: MoneyOut) -> int:
    return abs((one.booked_on - line.booked_on).days)


def _named(line: BankLine, one: MoneyOut) -> str:
    """The first of its numbers that the bank names: its trace, a reference, or a word; empty where none is."""
    said = {line.trace_number, *line.references, *_WORD.findall(line.text.upper())}
    bare = {_bare(text) for text in said}
    for number in one.numbers:
        short = _bare(number)
        if len(short) >= _SHORTEST_NUMBER and any(map(str.isdigit, short)) and short in bare:
            return number
    return ""


def _bare(text: str) -> str:
    return text.strip().lstrip("0").upper()


def _likeness(line: BankLine, one: MoneyOut) -> int:
    """100 where all words of the name are among the bank's, 80 where one of four letters or more is, else by spelling."""
    name, said = _WORD.findall(one.name.upper()), set(_WORD.findall(line.text.upper()))
    if not name or not said:
        return 0
    long = {word for word in name if len(word) >= _LONG_WORD}
    if long and long <= said:
        return 100
    if long & said:
        return 80
    found = round(fuzz.token_set_ratio(" ".join(name), " ".join(sorted(said))))
    return found if found >= _ALIKE else 0
