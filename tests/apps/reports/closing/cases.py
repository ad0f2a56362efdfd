"""A small practice's books over two months, for the close."""

from datetime import date
from decimal import Decimal

from cleanclaim.values.entry import Entry, Leg
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def books() -> int:
    """100.00 charged in May and 60.00 paid at once; 20.00 paid in June for May's care; the money came to the bank."""
    item = charged_item("100.00", on=date(2026, 5, 4))
    services.post_entries([payment_entry(item, "60.00", on=date(2026, 5, 20))])
    late = payment_entry(item, "20.00", on=date(2026, 5, 30))
    services.post_entries(
        [Entry(late.kind, late.idempotency_key, late.effective_on, date(2026, 6, 3), late.legs)]
    )
    trace = "1999999999:T1"
    for key, day, amount in (("d1", date(2026, 5, 22), "60.00"), ("d2", date(2026, 6, 4), "20.00")):
        legs = (
            Leg("asset:bank", Decimal(amount), trace=trace),
            Leg("asset:remit-clearing", -Decimal(amount), trace=trace),
        )
        services.post_entries([Entry("deposit", key, day, day, legs)])
    return item


def fill() -> None:
    """Requests for a close and an accrual, and a journal, for the walks over every address."""
    from cleanclaim.apps.reports.closing.accruals import Accrual
    from cleanclaim.apps.reports.closing.journal import export_journal
    from cleanclaim.apps.reports.closing.services import approve, ask
    from cleanclaim.apps.reports.closing.typed_accruals import ask_for_accrual

    month = date(2020, 1, 1)
    legs = (Leg("asset:bank", Decimal("1.00")), Leg("income:interest", Decimal("-1.00")))
    services.post_entries([Entry("interest", "close-walk", month, month, legs)])
    waived = dict.fromkeys(("remittances", "held", "clearing", "unapplied", "unidentified", "files", "approvals", "accruals", "subledger", "proof", "days"), "the walk")  # fmt: skip
    approve(ask(month, "close", reason="walk", by=1, waivers=waived), by=2)
    export_journal(month, "csv", by=1)
    typed = Accrual("walk", "expense:bank-fees", "liability:accrued-expenses", Decimal("1.00"))
    ask_for_accrual(date(2020, 2, 1), typed, by=1)
    from cleanclaim.apps.reports.aging import reviews

    charged_item("3.00", on=date(2020, 3, 2))
    reviews.prepare(reviews.month_view(date(2020, 3, 31)), by=1)
