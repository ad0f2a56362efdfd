"""Movements on a bank account against remittances: matched, held with candidates, or unknown.

A trace number in the bank's own reassociation field, or among its references, names the remittance; the amount must agree
to the cent. Several remittances named by one deposit must add up to it. An amount alone never matches: it makes candidates,
one remittance each or several of one payer that add up to it. One candidate far ahead of the others is `likely`: a person
accepts it with one key.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from rapidfuzz import fuzz

from cleanclaim.kernel.dates import business_days_between
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.reconciliation.sums import together
from cleanclaim.values.bank import BankLine

WINDOW = Path(__file__).with_name("parameters") / "window_days.yaml"
MOST_CANDIDATES = 5
_WORDS = re.compile(r"[0-9A-Za-z]+")
_SHORTEST_NUMBER = 4  # shorter references are no trace numbers
_LIKELY = 90  # of 100; and this much ahead of the next one:
_AHEAD = 15


class MatchState(StrEnum):
    """What became of one movement."""

    MATCHED = "matched"
    HELD = "held"  # a person decides
    UNKNOWN = "unknown"  # nothing here goes with it
    OUT = "out"  # money that left: a return or a fee


@dataclass(frozen=True, slots=True)
class Expected:
    """A remittance whose money is awaited; `key` is the caller's own."""

    key: int
    trace_number: str
    payer_trace_id: str
    payer_name: str
    paid: Decimal
    paid_on: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """Remittances that a held movement may pay (one, or several together), from 0 to 100, and why."""

    keys: tuple[int, ...]
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A movement (by its place among the lines) and the remittances that it pays, with the reasons in words."""

    line: int
    state: MatchState
    keys: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def likely(self) -> Candidate | None:
        """The candidate that a person would take: nearly sure by itself, and far ahead of the next."""
        if not self.candidates or self.candidates[0].score < _LIKELY:
            return None
        best, *others = self.candidates
        return best if not others or best.score - others[0].score >= _AHEAD else None


def match_deposits(lines: Sequence[BankLine], expected: Sequence[Expected]) -> list[Match]:
    """One match a line, in order. A remittance is paid once: the first line that names it takes it."""
    first = match_traces(lines, expected)
    taken = {key for match in first if match is not None for key in _taken(match)}
    free = [one for one in expected if one.paid > 0 and one.key not in taken]
    by_number = {_number(one.trace_number): one for one in reversed(free)}
    return [
        match if match is not None else _by_amount(n, lines[n], free, by_number)
        for n, match in enumerate(first)
    ]


def match_traces(lines: Sequence[BankLine], expected: Sequence[Expected]) -> list[Match | None]:
    """As `match_deposits`, without looking for candidates: None for a line that names no remittance."""
    by_trace: dict[str, list[Expected]] = defaultdict(list)
    for one in expected:
        if one.paid > 0:  # a notice without money (NON, 0.00) awaits no deposit
            by_trace[_number(one.trace_number)].append(one)
    taken: dict[int, int] = {}
    return [_by_trace(place, line, by_trace, taken) for place, line in enumerate(lines)]


def _taken(match: Match) -> tuple[int, ...]:
    return match.keys if match.state is MatchState.MATCHED else ()


def _by_trace(
    place: int, line: BankLine, by_trace: dict[str, list[Expected]], taken: dict[int, int]
) -> Match | None:
    """The match of a line that names a remittance; None where it names none."""
    if line.amount <= 0:
        words = f"{show(-line.amount)} left the account" if line.amount else "no money moved"
        return Match(place, MatchState.OUT, reasons=(words,))
    named = _named(line, by_trace)
    if not named:
        return None
    if other := _other_payer(line, named):
        return Match(place, MatchState.HELD, tuple(one.key for one in named), (other,))
    again = [one for one in named if one.key in taken]
    if again:
        words = f"trace {again[0].trace_number} was paid by an earlier movement (number {taken[again[0].key] + 1})"
        return Match(place, MatchState.HELD, tuple(one.key for one in named), (words,))
    paid = total(one.paid for one in named)
    if paid != line.amount:
        exact = [one for one in named if one.paid == line.amount]
        if len(exact) == 1 and len({_number(one.trace_number) for one in named}) == 1:
            named = exact  # two payers use the same number, and only one of them sent this amount
        else:
            words = f"trace agrees, amount does not: remittance {show(paid)}, bank {show(line.amount)}, {show(line.amount - paid)} apart"
            return Match(place, MatchState.HELD, tuple(one.key for one in named), (words,))
    taken.update((one.key, place) for one in named)
    return Match(place, MatchState.MATCHED, tuple(one.key for one in named), _reasons(line, named))


def _named(line: BankLine, by_trace: dict[str, list[Expected]]) -> list[Expected]:
    """The remittances that the line names: by its trace, else by any of its references."""
    if trace := _number(line.trace_number):  # zeros alone name nothing
        found = by_trace.get(trace, [])
        same = [one for one in found if one.payer_trace_id == line.payer_trace_id]
        return list(same or found) if line.payer_trace_id else list(found)
    numbers = dict.fromkeys(_number(text) for text in line.references)
    return [
        one
        for number in numbers
        if len(number) >= _SHORTEST_NUMBER
        for one in by_trace.get(number, [])
    ]


def _other_payer(line: BankLine, named: Sequence[Expected]) -> str:
    """That the bank names another payer than these remittances do: two payers may use one number. Else empty."""
    theirs = line.payer_trace_id if line.trace_number else ""
    if not theirs or any(one.payer_trace_id in ("", theirs) for one in named):
        return ""
    payers = ", ".join(dict.fromkeys(one.payer_trace_id for one in named))
    return f"trace agrees, payer does not: remittance {payers}, bank {theirs} (TRN03)"


def _number(text: str) -> str:
    """A trace or check number as both sides may write it: banks fill up with zeros."""
    return text.strip().lstrip("0").upper()


def _reasons(line: BankLine, named: Sequence[Expected]) -> tuple[str, ...]:
    traces = ", ".join(one.trace_number for one in named)
    said = [f"trace {traces}", f"amount {show(line.amount)}"]
    window = int(parameter(WINDOW).value(on=max(one.paid_on for one in named)))
    for one in named:
        apart = business_days_between(one.paid_on, line.booked_on)
        if abs(apart) > window:
            side = "after" if apart > 0 else "before"
            said.append(
                f"{counted(abs(apart), 'business day')} {side} {one.paid_on}, expected within {window}"
            )
    return tuple(said)


def _by_amount(
    place: int, line: BankLine, free: Sequence[Expected], by_number: Mapping[str, Expected]
) -> Match:
    """A line that names no remittance: those of its amount are candidates, best first; then several that add up to it."""
    scored = [_scored(line, one) for one in free if one.paid == line.amount]
    scored += [_scored_set(line, chosen) for chosen in together(line.amount, _near(line, free))]
    missed = _near_miss(line, by_number)
    if not scored:
        reasons = missed or ("no remittance of this trace or amount",)
        return Match(place, MatchState.UNKNOWN, reasons=reasons)
    scored.sort(key=lambda one: (-one.score, one.keys))
    words = "no trace number: of the same amount, but nothing says that it is this one"
    return Match(place, MatchState.HELD, (), (words, *missed), tuple(scored[:MOST_CANDIDATES]))


def _near_miss(line: BankLine, by_number: Mapping[str, Expected]) -> tuple[str, ...]:
    """That the bank's free words name an awaited remittance of another amount."""
    told = (*line.text.split(), *_WORDS.findall(line.text))
    numbers = (_number(word.strip(".,;:#()")) for word in told)
    one = next(
        (by_number[n] for n in numbers if len(n) >= _SHORTEST_NUMBER and n in by_number), None
    )
    if one is None or one.paid == line.amount:
        return ()
    return (
        f"its words name trace {one.trace_number}, the amount does not agree: remittance {show(one.paid)}, "
        f"bank {show(line.amount)}, {show(line.amount - one.paid)} apart",
    )


def _near(line: BankLine, free: Sequence[Expected]) -> list[Expected]:
    """Remittances whose effective day lies within the window around the line's, nearest first."""
    window = int(parameter(WINDOW).value(on=line.booked_on))
    apart = {one.key: abs(business_days_between(one.paid_on, line.booked_on)) for one in free}
    near = [one for one in free if apart[one.key] <= window]
    return sorted(near, key=lambda one: (apart[one.key], one.key))


def _scored(line: BankLine, one: Expected) -> Candidate:
    """50 for the amount, up to 25 for the day, up to 25 for the payer's name in the bank's words or the number in a longer one."""
    apart = abs(business_days_between(one.paid_on, line.booked_on))
    day = max(0, 25 - 5 * apart)
    likeness = fuzz.partial_ratio(one.payer_name.upper(), line.text.upper()) if line.text else 0
    name = round(likeness / 4) if likeness >= 70 else 0
    reasons = [f"amount {show(one.paid)}", _apart(apart)]
    if name:
        reasons.append(f"payer's name {likeness:.0f} % alike")
    number = _number(one.trace_number)
    told = (line.trace_number, *line.references)
    if len(number) >= _SHORTEST_NUMBER and any(number in text.upper() for text in told):
        name = 25
        reasons.append(f"its number {one.trace_number} within the bank's")
    return Candidate((one.key,), 50 + day + name, tuple(reasons))


def _apart(days: int) -> str:
    return f"{counted(days, 'business day')} apart" if days else "on the same business day"


def _scored_set(line: BankLine, chosen: Sequence[Expected]) -> Candidate:
    """As the worst of its remittances, less 5: a sum can come about by chance."""
    each = [_scored(line, one) for one in chosen]
    worst = min(each, key=lambda one: one.score)
    traces = ", ".join(one.trace_number for one in chosen)
    reasons = (f"{len(chosen)} remittances add up: {traces}", *worst.reasons[1:])
    return Candidate(tuple(one.key for one in chosen), worst.score - 5, reasons)


def awaited(expected: Sequence[Expected], matches: Sequence[Match]) -> list[Expected]:
    """Remittances with money that no movement has paid."""
    paid = {key for match in matches if match.state is MatchState.MATCHED for key in match.keys}
    return [one for one in expected if one.paid > ZERO and one.key not in paid]
