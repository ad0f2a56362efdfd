"""Questions of the pages: requests with names, an account's open items, the sheet of a request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, State
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import BY_CODE


def waiting_requests() -> QuerySet[Adjustment]:
    """Requests that a second person must look at, counted on the rail."""
    return Adjustment.objects.filter(state=State.WAITING)


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """A request with the names that its list shows."""

    row: Adjustment
    patient: str
    requested_by: str
    approved_by: str

    @property
    def pk(self) -> int:
        """The request's row."""
        return self.row.pk


def with_names(rows: Sequence[Adjustment]) -> list[NamedRequest]:
    """The requests with names, in two statements."""
    patients = Patient.objects.in_bulk({row.patient_id for row in rows if row.patient_id})
    people = names_of({one for row in rows for one in (row.requested_by, row.approved_by)})
    return [
        NamedRequest(
            row,
            patients[row.patient_id].full_name
            if row.patient_id in patients
            else "several accounts",
            people.get(row.requested_by, ""),
            people.get(row.approved_by, "") if row.approved_by else "",
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What stands on one receivable of one item."""

    item: Item
    claim: Claim | None
    account: str
    balance: Decimal

    @property
    def key(self) -> str:
        """Its field in forms."""
        return f"{self.item.pk}|{self.account}"

    @property
    def bucket(self) -> str:
        """Who is asked for it."""
        return BY_CODE[self.account].name.removeprefix("Receivable, ")


def open_lines(patient_id: int) -> list[OpenLine]:
    """The account's items by what is open on each receivable, oldest service first."""
    items = {item.pk: item for item in Item.objects.filter(patient_id=patient_id)}
    claims = Claim.objects.in_bulk({item.claim_id for item in items.values()})
    found = item_balances(list(items)) if items else {}
    lines = [
        OpenLine(items[item_id], claims.get(items[item_id].claim_id), account, amount)
        for (item_id, account), amount in found.items()
        if BY_CODE[account].is_receivable
    ]
    return sorted(lines, key=lambda line: (line.item.service_on, line.item.pk, line.account))


def settled_lines(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], OpenLine]:
    """{(item, receivable): its line}, of which nothing is open."""
    wanted = list(keys)
    items = Item.objects.in_bulk({item_id for item_id, _ in wanted})
    claims = Claim.objects.in_bulk({item.claim_id for item in items.values()})
    return {
        (item_id, account): OpenLine(
            items[item_id], claims.get(items[item_id].claim_id), account, ZERO
        )
        for item_id, account in wanted
        if item_id in items
    }


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line before, moved, after; of an item's receivable or of income."""

    line: AdjustmentLine
    patient: str
    claim: str
    account: str
    counter: str
    before: Decimal

    @property
    def pk(self) -> int:
        """The line's row."""
        return self.line.pk or id(self)

    @property
    def after(self) -> Decimal:
        """What is left."""
        return self.before + self.line.amount


def sheet(lines: Sequence[AdjustmentLine]) -> list[SheetRow]:
    """The lines with what stood there before: as posted, or as it stands now for what is not posted."""
    patients = Patient.objects.in_bulk({line.patient_id for line in lines})
    claims = Claim.objects.in_bulk({line.claim_id for line in lines})
    now = item_balances(list({line.item_id for line in lines})) if lines else {}
    rows = []
    for line in lines:
        before = line.balance_before
        if before is None:
            before = now.get((line.item_id, line.account), ZERO)
        patient, claim = patients.get(line.patient_id), claims.get(line.claim_id)
        rows.append(
            SheetRow(
                line,
                patient.full_name if patient else "",
                claim.control_number if claim else "",
                BY_CODE[line.account].name,
                BY_CODE[line.counter].name,
                before,
            )
        )
    return rows
