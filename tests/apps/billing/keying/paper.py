"""The hand that keys paper in tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.apps.billing.world import PAID_ON, PAYER

PNG = b"\x89PNG\r\n\x1a\n of a test"


class Paper:
    """Keys entries one after the other, and reads what came of them."""

    def __init__(self, desk: Any = None) -> None:
        self.desk = desk

    def payer_id(self) -> int:
        from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key

        return find_or_add_payers([PAYER])[payer_key(PAYER)]

    def open(
        self,
        amount: str,
        *,
        number: str = "10482",
        paid_on: date = PAID_ON,
        method: str = "CHK",
        by: int | None = None,
    ) -> int:
        from cleanclaim.apps.billing.keying.services import Header, open_batch

        header = Header(self.payer_id(), number, Decimal(amount), paid_on, method)
        return open_batch(header, by=by).pk

    def row(self, batch_id: int) -> Any:
        from cleanclaim.apps.billing.keying.models import Batch

        return Batch.objects.get(pk=batch_id)

    def items(self, claim_id: int) -> list[int]:
        from cleanclaim.apps.billing.charges.selectors import charges_of

        return [line.item_id for line in charges_of([claim_id])[claim_id]]

    def line(
        self,
        batch_id: int,
        claim_id: int,
        paid: str,
        *adjustments: list[str],
        at: int = 0,
        by: int | None = None,
        number: int = 0,
        **more: Any,
    ) -> Any:
        item = self.items(claim_id)[at]
        raw = {"kind": "line", "claim": claim_id, "item": item, "paid": paid} | more
        return self.entry(batch_id, by=by, number=number, **raw, adjustments=list(adjustments))

    def entry(self, batch_id: int, *, by: int | None = None, number: int = 0, **raw: Any) -> Any:
        from cleanclaim.apps.billing.keying.models import Entry
        from cleanclaim.apps.billing.keying.services import save_entry

        number = number or Entry.objects.filter(batch_id=batch_id).count() + 1
        revision = self.row(batch_id).revision
        return save_entry(batch_id, revision=revision, number=number, raw=raw, by=by)

    def scan(self, batch_id: int, data: bytes = PNG) -> Any:
        from cleanclaim.apps.billing.keying.services import attach_scan

        return attach_scan(batch_id, data, name="eob.png", on=PAID_ON, by=None)

    def post(self, batch_id: int, *, by: int | None = None, on: date = PAID_ON) -> Any:
        from cleanclaim.apps.billing.keying.services import post_batch

        return post_batch(batch_id, posted_on=on, received_on=on, by=by)

    def amounts(self, claim_id: int) -> dict[str, Decimal]:
        names = ("paid", "contractual", "patient_owes", "denied", "open_amount")
        return {name: getattr(self.desk.row(claim_id), name) for name in names}

    def payment_legs(self, claim_id: int) -> list[tuple[str, Decimal, str]]:
        from cleanclaim.apps.shared.ledger.models import Leg

        legs = Leg.objects.filter(claim_id=claim_id, entry__kind="payment").order_by("id")
        return [(leg.account, leg.amount, leg.reason) for leg in legs]

    legs = payment_legs

    def accounts(self) -> dict[str, Decimal]:
        from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs

        return dict(sum_legs(("account",)))

    def standing_state(self, batch_id: int) -> str:
        from cleanclaim.apps.billing.remittances.models import Remittance

        return Remittance.objects.get(pk=self.row(batch_id).remittance_id).state
