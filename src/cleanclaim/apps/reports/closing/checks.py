"""The checklist of a month's close. Each check asks the rows; none believes a kept figure.

Apps that know more register a check of their own (`register`): expected payment, GER and DIR true-ups, signed days.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

from cleanclaim.apps.billing.adjustments.models import Adjustment, Refund, RefundState
from cleanclaim.apps.billing.adjustments.models import State as AdjustmentState
from cleanclaim.apps.billing.deposits.daily import approvals_between, signed_in_spite
from cleanclaim.apps.billing.deposits.debits import unexplained_until
from cleanclaim.apps.billing.keying.models import OtherPayment
from cleanclaim.apps.billing.opening.models import LoadState, OpeningLoad
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    Remittance,
    RemittanceClaim,
    RepeatRequest,
)
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.billing.variances.models import Settling, TrueUpSettlement
from cleanclaim.apps.reports.aging.questions import View, aging, tie
from cleanclaim.apps.reports.closing.models import AccrualRequest
from cleanclaim.apps.reports.closing.models import State as CloseState
from cleanclaim.apps.reports.closing.months import last_of
from cleanclaim.apps.reports.closing.rollforward import roll_forward
from cleanclaim.apps.reports.closing.settled import settled
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile
from cleanclaim.apps.shared.exchange.models import State as FileState
from cleanclaim.apps.shared.ledger.selectors import account_balances, closed_through, prove
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.kernel.dates import next_month
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BANK, REMIT_CLEARING, UNAPPLIED_CASH, UNIDENTIFIED_CASH

Run = Callable[["Month"], "Result"]


class Month:
    """The accounting month under the checks, with what several of them read."""

    def __init__(self, first: date) -> None:
        self.first = first
        self.last = last_of(first)

    @cached_property
    def balances(self) -> dict[str, Decimal]:
        """Every account's balance in the books of its last day."""
        return account_balances(accounting_on=self.last)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found in the month that begins on a day. `href` is where a person looks."""

    passed: bool
    words: str
    amount: Decimal = ZERO
    href: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist, with what it found."""

    name: str
    question: str
    result: Result


_registered: dict[str, tuple[str, Run]] = {}


def register(name: str, question: str, run: Run) -> None:
    """Add a check to every close; once per process, from an app's `ready()`."""
    _registered[name] = (question, run)


def checklist(month: date, *, only: Collection[str] | None = None) -> list[Check]:
    """Every check of the month, in the order of the work; or `only` some, by their names."""
    wanted = {**_OWN, **_registered}
    asked = Month(month)
    return [
        Check(name, question, run(asked))
        for name, (question, run) in wanted.items()
        if only is None or name in only
    ]


def check_names() -> list[str]:
    """Of every check, in the order of the work."""
    return [*_OWN, *_registered]


def question_of(name: str) -> str:
    """The words of a check by its name; the name of one that is asked no more."""
    return {**_OWN, **_registered}.get(name, (name,))[0]


def _over(month: Month) -> Result:
    last = month.last
    passed = last < timezone.localdate()
    return Result(passed, f"{'it ended' if passed else 'it runs until'} {full_day(last)}")


def _earlier(month: Month) -> Result:
    """Months before it that have entries and are open: they would be closed with this one, and nobody asked their checklist."""
    last = closed_through()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT date_trunc('month', accounting_on)), min(accounting_on) FROM ledger_entry "
            "WHERE accounting_on < %s::date AND accounting_on >= %s::date",
            [month.first, next_month(last.month) if last else date.min],
        )
        count, first = cursor.fetchone()
    words = f"{counted(count, 'earlier month')} with entries not closed"
    if count:
        words += f", the first is {first:%B %Y}"
    return Result(not count, words, href=reverse("closing:list"))


def _files(month: Month) -> Result:
    waiting = MessageFile.objects.filter(
        direction=Direction.IN,
        dated_on__lte=month.last,
        state__state__in=(FileState.RECEIVED, FileState.HELD),
    ).count()
    words = f"{counted(waiting, 'file')} not worked on"
    return Result(not waiting, words, href=reverse("exchange:files"))


def _remittances(month: Month) -> Result:
    rows = Remittance.objects.filter(
        received_on__lte=month.last, state__in=(RemittanceState.RECEIVED, RemittanceState.HELD)
    )
    count, amount = rows.count(), rows.aggregate(sum=Sum("paid"))["sum"] or ZERO
    words = f"{counted(count, 'remittance')} not posted"
    return Result(not count, words, amount, reverse("remittances:list"))


def _held(month: Month) -> Result:
    rows = RemittanceClaim.objects.filter(
        outcome=Outcome.HELD, remittance__posted_on__lte=month.last
    )
    count, amount = rows.count(), rows.aggregate(sum=Sum("paid"))["sum"] or ZERO
    words = f"{counted(count, 'payment')} posted without a claim"
    return Result(not count, words, amount, reverse("remittances:list"))


def _balance(account: str, words: str) -> Run:
    def run(month: Month) -> Result:
        amount = month.balances.get(account, ZERO)
        where = f"{reverse('ledger:account', args=[account])}?to={month.last}"
        return Result(not amount, f"{words} {show(abs(amount))}", abs(amount), where)

    return run


def _money_out(month: Month) -> Result:
    """Lines of the bank by which money left, and which no desk's entry explains."""
    found = unexplained_until(month.last).aggregate(count=Count("id"), sum=Sum("left"))
    count = found["count"]
    words = f"{counted(count, 'bank line')} of money out not explained"
    return Result(not count, words, -(found["sum"] or ZERO), reverse("deposits:list"))


def _approvals(month: Month) -> Result:
    end = month.last
    waiting = Adjustment.objects.filter(
        state=AdjustmentState.WAITING, requested_on__lte=end
    ).count()
    end_of_day = timezone.make_aware(datetime.combine(end, time.max))
    loads = OpeningLoad.objects.filter(
        Q(state=LoadState.PREPARED) & (Q(as_of__lte=end) | Q(prepared_at__lte=end_of_day))
        | Q(state=LoadState.POSTED, undo_asked_at__lte=end_of_day)
    ).count()
    refunds = Refund.objects.filter(state=RefundState.WAITING, identified_on__lte=end).count()
    typed = AccrualRequest.objects.filter(
        state=CloseState.REQUESTED, month__lte=month.first
    ).count()
    true_ups = TrueUpSettlement.objects.filter(
        Q(state=Settling.PREPARED, settled_on__lte=end)
        | Q(state=Settling.POSTED, undo_asked_by__isnull=False, settled_on__lte=end)
    ).count()
    others = sum(
        kind.objects.filter(state="requested", requested_at__lte=end_of_day).count()
        for kind in (RepeatRequest, OtherPayment)
    )
    count = waiting + loads + refunds + typed + true_ups + others
    return Result(not count, f"{counted(count, 'request')} not decided")


def _proof(month: Month) -> Result:
    found = prove()
    words = f"{counted(len(found.differences), 'difference')} in {found.legs:,} legs"
    return Result(found.balanced, words, found.difference, reverse("ledger:proof"))


def _subledger(month: Month) -> Result:
    view = View(on=month.last)
    found = tie(view, aging(view))
    words = (
        f"open items {show(found.aging)}, books {show(found.books)}; "
        f"{counted(found.count, 'entry', 'entries')} booked elsewhere, each named on Aging as of the day"
    )
    return Result(not found.difference, words, abs(found.difference), _aging_of(month))


def _aging_of(month: Month) -> str:
    """Aging, with the month's last day beside the header's."""
    over = month.last < timezone.localdate()
    return reverse("aging:aging") + (f"?beside={month.last}" if over else "")


def _rolls(month: Month) -> Result:
    found = roll_forward(month.first, month.last, group="all")
    words = f"{len(found.accounts)} accounts, {counted(len(found.movements), 'kind')} of entries"
    where = f"{reverse('closing:rollforward')}?from={month.first}&to={month.last}&accounts=all"
    return Result(not found.difference, words, found.difference, where)


def _days(month: Month) -> Result:
    """Days on which remittances or the bank moved money, and whose proof as it stands now nobody approved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT accounting_on FROM ledger_leg WHERE account = ANY(%s::text[]) "
            "AND accounting_on BETWEEN %s::date AND %s::date",
            [[REMIT_CLEARING.code, BANK.code], month.first, month.last],
        )
        moved = {day for (day,) in cursor.fetchall()}
    approved = approvals_between(month.first, month.last)
    unsigned = sorted(moved - approved.keys())
    changed = [day for day, stands in approved.items() if not stands]
    words = f"{counted(len(unsigned), 'day')} without an approved daily proof"
    if unsigned:
        words += f", the first is {full_day(unsigned[0])}"
    if changed:
        words += (
            f"; {counted(len(changed), 'day')} changed since, the first is {full_day(changed[0])}"
        )
    if in_spite := signed_in_spite(month.first, month.last):
        first = in_spite[0]
        words += (
            f"; {counted(len(in_spite), 'day')} approved with money out not explained, the first is "
            f"{full_day(first.day)} ({show(first.not_explained)}: {first.reason})"
        )
    open_days = [*unsigned, *changed]
    day = f"?day={open_days[0]}" if open_days else ""
    return Result(not open_days, words, href=reverse("daily_proof:day") + day)


def _cut_off(month: Month) -> Result:
    """Entries that count in the month and stand in the books of a later one: told, never a fault by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT entry.id), coalesce(sum(greatest(leg.amount, 0)), 0.00) "
            "FROM ledger_entry AS entry JOIN ledger_leg AS leg ON leg.entry_id = entry.id "
            "WHERE entry.effective_on BETWEEN %s::date AND %s::date AND entry.accounting_on > %s::date",
            [month.first, month.last, month.last],
        )
        count, amount = cursor.fetchone()
    words = f"{counted(count, 'entry', 'entries')} in later books, {show(amount)}"
    return Result(True, words, amount, _aging_of(month))


def _accruals(month: Month) -> Result:
    from cleanclaim.apps.reports.closing.accruals import due_accruals

    due = due_accruals(month.first)
    names = ", ".join(one.name for one in due)
    words = f"not posted: {names}" if due else "none is due"
    return Result(not due, words, sum((abs(one.amount) for one in due), ZERO))


def _at_one_moment(run: Run) -> Run:
    return settled(run, is_fine=lambda found: found.passed)


_OWN: dict[str, tuple[str, Run]] = {
    "over": ("Is the month over?", _over),
    "earlier": ("Are the months before it closed?", _earlier),
    "files": ("Is every received file worked on or refused?", _files),
    "remittances": ("Is every remittance posted?", _remittances),
    "held": ("Has every payment found its claim?", _held),
    "clearing": (
        "Has the money of every remittance come?",
        _balance(REMIT_CLEARING.code, "awaited at the bank"),
    ),
    "unidentified": (
        "Is every deposit identified?",
        _balance(UNIDENTIFIED_CASH.code, "of unknown origin"),
    ),
    "money-out": ("Is all money that left the bank explained?", _money_out),
    "unapplied": ("Is all cash applied?", _balance(UNAPPLIED_CASH.code, "unapplied")),
    "days": ("Is every day's proof approved?", _days),
    "approvals": ("Is every request decided?", _approvals),
    "accruals": ("Are the accruals posted?", _accruals),
    "cut-off": ("What came after the cut-off?", _cut_off),
    "subledger": ("Do the open items tie to the general ledger?", _at_one_moment(_subledger)),
    "roll-forward": ("Does every account roll forward?", _at_one_moment(_rolls)),
    "proof": ("Does the ledger prove itself?", _proof),
}
