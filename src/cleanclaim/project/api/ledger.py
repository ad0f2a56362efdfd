"""The ledger: entries with their legs, balances as of any day, the proof."""

from datetime import datetime
from typing import ClassVar

from django.http import HttpRequest
from ninja import Query, Router, Schema

from cleanclaim.apps.shared.ledger import selectors
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.selectors import EntryView
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.api.operation import operation
from cleanclaim.project.api.types import Answer, Day, Moment, Money, Page, Paging, RowId, page

router = Router(tags=["ledger"])
FIRST_YEAR, LAST_YEAR = 1900, 2999  # the database cannot compare with the very first and last


class Leg(Answer):
    """One signed amount on one account: debits are positive."""

    account: str
    account_name: str
    amount: Money
    item_id: int
    claim_id: int
    line_number: int
    patient_id: int
    reason: str
    trace: str

    patient_field: ClassVar[str] = "patient_id"


class Entry(Answer):
    """One event of money; its legs sum to zero."""

    id: int
    kind: str
    effective_on: Day
    accounting_on: Day
    recorded_at: datetime
    posted_by: int | None
    memo: str
    reverses: int | None
    reversed_by: int | None
    legs: list[Leg]


class EntryFilter(Paging):
    """Which entries; empty = all."""

    claim_id: RowId | None = None


class AsOf(Schema):
    """The point of view: what counted on a day, as it was known at a moment."""

    effective_on: Day | None = None
    recorded_by: Moment | None = None


class Balance(Answer):
    """What stands on an account; debits are positive."""

    account: str
    amount: Money


class Balances(Answer):
    """Balances that are not zero."""

    balances: list[Balance]


class Difference(Answer):
    """Something that does not agree."""

    check: str
    subject: str
    expected: str
    found: str


class Proof(Answer):
    """Everything computed again from the legs."""

    entries: int
    legs: int
    debit: Money
    credit: Money
    difference: Money
    is_balanced: bool
    differences: list[Difference]


@operation(router, "GET", "/entries", scope=Permission.ACCOUNTS_READ, answer=Page[Entry])
def list_entries(request: HttpRequest, filters: Query[EntryFilter]) -> Page[Entry]:
    """Entries with their legs, newest first; of a claim's entries only the claim's own legs."""
    rows = EntryRow.objects.all()
    if filters.claim_id:
        rows = rows.filter(legs__claim_id=filters.claim_id).distinct()
    found = keyset_page(rows, order=("-id",), cursor=filters.cursor, size=filters.limit)
    views = selectors.entry_views([row.pk for row in found.rows], claim_id=filters.claim_id)
    return page((_entry(views[row.pk]) for row in found.rows), found.next_cursor)


@operation(router, "GET", "/entries/{entry_id}", scope=Permission.ACCOUNTS_READ, answer=Entry)
def get_entry(request: HttpRequest, entry_id: RowId) -> Entry:
    """One entry with all its legs."""
    view = selectors.entry_view(entry_id)
    if view is None:
        raise EntryRow.DoesNotExist
    return _entry(view)


def checked_moment(moment: datetime | None) -> datetime | None:
    """The moment, if the database can compare with it.

    Raises:
        InputError: it is too early or too late.
    """
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InputError(f"recorded_by {moment.year}: expected {FIRST_YEAR} to {LAST_YEAR}")
    return moment


@operation(router, "GET", "/balances", scope=Permission.ACCOUNTS_READ, answer=Balances)
def list_balances(request: HttpRequest, as_of: Query[AsOf]) -> Balances:
    """The balance of every account as of a point of view."""
    moment = checked_moment(as_of.recorded_by)
    found = selectors.account_balances(effective_on=as_of.effective_on, recorded_by=moment)
    return Balances(
        balances=[Balance(account=account, amount=found[account]) for account in sorted(found)]
    )


@operation(router, "GET", "/proof", scope=Permission.ACCOUNTS_READ, answer=Proof)
def get_proof(request: HttpRequest) -> Proof:
    """Recompute the ledger from its legs and say what does not agree."""
    proof = selectors.prove()
    return Proof(
        entries=proof.entries,
        legs=proof.legs,
        debit=proof.debit,
        credit=proof.credit,
        difference=proof.difference,
        is_balanced=proof.balanced,
        differences=[
            Difference(
                check=one.check,
                subject=one.subject,
                expected=str(one.expected),
                found=str(one.found),
            )
            for one in proof.differences
        ],
    )


def _entry(view: EntryView) -> Entry:
    return Entry(
        id=view.id,
        kind=view.kind,
        effective_on=view.effective_on,
        accounting_on=view.accounting_on,
        recorded_at=view.recorded_at,
        posted_by=view.posted_by,
        memo=view.memo,
        reverses=view.reverses,
        reversed_by=view.reversed_by,
        legs=[
            Leg(
                account=leg.account,
                account_name=leg.account_name,
                amount=leg.amount,
                item_id=leg.item_id,
                claim_id=leg.claim_id,
                line_number=leg.line_number,
                patient_id=leg.patient_id,
                reason=leg.reason,
                trace=leg.trace,
            )
            for leg in view.legs
        ],
    )
