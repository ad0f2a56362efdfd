"""Which lines of a bank's file came in an earlier file, whatever form each had.

A line is known by its account, day, amount and numbers (trace, bank's or customer's reference, check): the same money comes
as BAI2 in the morning and as CSV when somebody downloads the month. Each earlier line answers for one line, so that equal
lines of one file stay apart. Where only account, day and amount agree, nobody can tell a second counter deposit of 80.00
from the first one told again: such a line is doubtful, and a person says which it is. One exception: a file of the same form
that repeats everything (two lines or more) of that account and day is a longer print of the same day. Under one trace number
the same amount on another day nearby is doubtful, too: one file tells the bank's day, another one the payer's.

One form may tell a batch as one sum and another one its parts: lines beside each other of one account and day that add up to
a line of another form are doubtful, too, each of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.values.bank import BankLine

_LETTERS = re.compile("[0-9A-Z]+")
_SHORTEST_NUMBER = 4  # shorter references tell nothing
DAYS_NEARBY = 10  # how far apart two files may tell one payment's day
_SHORTEST_ACCOUNT = 4  # banks mask all but the last digits


class Known(StrEnum):
    """Whether a line came before."""

    NEW = "new"
    KNOWN = "known"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Told:
    """A line as one file told it; `key` is the caller's own."""

    key: int
    form: str
    account: str
    line: BankLine

    @property
    def numbers(self) -> frozenset[str]:
        """What names the money: its trace number and its references, without the zeros that banks fill up with."""
        found = {_bare(text) for text in self.line.references}
        long = {
            text
            for text in found
            if len(text) >= _SHORTEST_NUMBER
            and any(map(str.isdigit, text))  # LOCKBOX names nothing
        }
        return frozenset(long | ({_bare(self.line.trace_number)} - {""}))

    @property
    def said(self) -> tuple[object, ...]:
        """All that the file said of it; of its words the letters and digits, which every export writes alike."""
        one = self.line
        return (
            one.amount,
            one.code,
            one.trace_number,
            one.payer_trace_id,
            one.references,
            tuple(_LETTERS.findall(one.text.upper())),
        )


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of a line, and the key of the earlier one that it is, or may be.

    `is_batch`: one of the two is the sum of several, of which the other, or `earlier`, is a part.
    """

    known: Known
    earlier: int = 0
    is_batch: bool = False


Test = Callable[[Told, Told], bool]


def seen_before(fresh: Sequence[Told], earlier: Sequence[Told]) -> list[Recognised]:
    """One answer for each line of a file, in order."""
    answers = [Recognised(Known.NEW)] * len(fresh)
    waiting: dict[tuple[date, Decimal], list[int]] = defaultdict(list)
    for place, one in enumerate(fresh):
        waiting[one.line.booked_on, one.line.amount].append(place)
    free: dict[tuple[date, Decimal], list[Told]] = defaultdict(list)
    for one in earlier:
        free[one.line.booked_on, one.line.amount].append(one)
    repeats = _Repeats(fresh, earlier)
    steps: tuple[tuple[Known, Test], ...] = (
        (Known.KNOWN, _is_same),
        (Known.KNOWN, repeats.is_same),
        (Known.DOUBTFUL, _may_be_same),
    )
    for key, places in waiting.items():
        left = free.get(key, [])
        for known, test in steps:
            for place in list(places):
                found = next((one for one in left if test(fresh[place], one)), None)
                if found is not None:
                    left.remove(found)
                    places.remove(place)
                    answers[place] = Recognised(known, found.key)
    _doubt_other_days(answers, fresh, free)
    _doubt_batches(answers, fresh, [one for left in free.values() for one in left])
    return answers


def _doubt_other_days(
    answers: list[Recognised], fresh: Sequence[Told], free: dict[tuple[date, Decimal], list[Told]]
) -> None:
    """Doubt what is left where an earlier line of another day nearby has its trace number and amount."""
    left: dict[tuple[str, Decimal], list[Told]] = defaultdict(list)
    for (_, amount), some in free.items():
        for other in some:
            if trace := _bare(other.line.trace_number):
                left[trace, amount].append(other)
    for place, one in enumerate(fresh):
        if answers[place].known is not Known.NEW:
            continue
        some = left.get((_bare(one.line.trace_number), one.line.amount), [])
        found = next((other for other in some if _is_nearby(one, other)), None)
        if found is not None:
            some.remove(found)
            free[found.line.booked_on, found.line.amount].remove(found)
            answers[place] = Recognised(Known.DOUBTFUL, found.key)


def _is_nearby(one: Told, other: Told) -> bool:
    ours, theirs = one.line.payer_trace_id, other.line.payer_trace_id
    apart = abs((one.line.booked_on - other.line.booked_on).days)
    is_one_payer = ours == theirs or not (ours and theirs)
    return apart <= DAYS_NEARBY and is_one_payer and is_one_account(one.account, other.account)


def _doubt_batches(answers: list[Recognised], fresh: Sequence[Told], left: Sequence[Told]) -> None:
    """Doubt what is left where one line of a form is the sum of lines beside each other in another form."""
    new = [place for place, one in enumerate(answers) if one.known is Known.NEW]
    for _, places in _by_account_day(new, fresh.__getitem__):
        for one in left:
            if run := _run_of(one, places, fresh.__getitem__):
                for place in run:
                    answers[place] = Recognised(Known.DOUBTFUL, one.key, is_batch=True)
                places = [place for place in places if place not in run]
    new = [place for place in new if answers[place].known is Known.NEW]
    ordered = sorted(range(len(left)), key=lambda place: left[place].key)
    for _, places in _by_account_day(ordered, left.__getitem__):
        for place in new:
            if run := _run_of(fresh[place], places, left.__getitem__):
                answers[place] = Recognised(Known.DOUBTFUL, left[run[0]].key, is_batch=True)
                places = [other for other in places if other not in run]


def _by_account_day(
    places: Sequence[int], line: Callable[[int], Told]
) -> list[tuple[tuple[str, str, date], list[int]]]:
    found: dict[tuple[str, str, date], list[int]] = defaultdict(list)
    for place in places:
        found[_day(line(place))].append(place)
    return list(found.items())


def _run_of(whole: Told, places: Sequence[int], line: Callable[[int], Told]) -> list[int]:
    """The first lines beside each other, two or more, that may be the parts of a line of another form; else none."""
    if not places:
        return []
    first = line(places[0])
    if (
        first.form == whole.form
        or first.line.booked_on != whole.line.booked_on
        or not is_one_account(first.account, whole.account)
    ):
        return []
    wanted = whole.line.amount
    for start in range(len(places)):
        reached = Decimal(0)
        for end in range(start, len(places)):
            one = line(places[end])
            if one.line.amount * wanted <= 0 or _traces_differ(one, whole):
                break
            reached += one.line.amount
            if abs(reached) >= abs(wanted):
                break
        else:
            continue
        if reached == wanted and end > start:
            return list(places[start : end + 1])
    return []


def _is_same(one: Told, other: Told) -> bool:
    """A number names both. Different trace numbers are different payments, whatever else they share.

    Without a trace, a number may be the merchant's or the lockbox's and not the money's: what one form then says
    otherwise may be other money.
    """
    if not is_one_account(one.account, other.account) or _traces_differ(one, other):
        return False
    if one.numbers.isdisjoint(other.numbers):
        return False
    ours, theirs = _bare(one.line.trace_number), _bare(other.line.trace_number)
    return bool(ours and theirs) or one.form != other.form or one.said == other.said


def _may_be_same(one: Told, other: Told) -> bool:
    if not is_one_account(one.account, other.account) or _traces_differ(one, other):
        return False
    # One form of one bank says the same of the same money; what it says otherwise, under no number of both, is other money.
    return (
        one.form != other.form
        or one.said == other.said
        or not one.numbers.isdisjoint(other.numbers)
    )


def _traces_differ(one: Told, other: Told) -> bool:
    ours, theirs = _bare(one.line.trace_number), _bare(other.line.trace_number)
    return bool(ours and theirs) and ours != theirs


def _bare(text: str) -> str:
    return text.strip().lstrip("0").upper()


def is_one_account(one: str, other: str) -> bool:
    """Equal but for the zeros in front, not told, or one of them cut to its last characters (`XXXX0234`)."""
    first, second = ("".join(filter(str.isalnum, text)).lstrip("Xx") for text in (one, other))
    if not first or not second:
        return True
    return _ends_alike(first, second) or _ends_alike(first.lstrip("0"), second.lstrip("0"))


def _ends_alike(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return short == long or (len(short) >= _SHORTEST_ACCOUNT and long.endswith(short))


class _Repeats:
    """Account days of which a file repeats all that an earlier one of its form said."""

    def __init__(self, fresh: Sequence[Told], earlier: Sequence[Told]) -> None:
        now, before = _by_day(fresh), _by_day(earlier)
        self.days = {
            day
            for day, lines in before.items()
            if lines.total() > 1 and lines <= now.get(day, Counter())
        }

    def is_same(self, one: Told, other: Told) -> bool:
        return _day(one) == _day(other) and _day(one) in self.days and one.said == other.said


def _day(one: Told) -> tuple[str, str, date]:
    return one.form, one.account, one.line.booked_on


def _by_day(lines: Sequence[Told]) -> dict[tuple[str, str, date], Counter[tuple[object, ...]]]:
    found: dict[tuple[str, str, date], Counter[tuple[object, ...]]] = defaultdict(Counter)
    for one in lines:
        found[_day(one)][one.said] += 1
    return found
