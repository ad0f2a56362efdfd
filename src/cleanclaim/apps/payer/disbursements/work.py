"""Which work payments make for people at the plan."""

from collections.abc import Sequence

from cleanclaim.apps.payer.disbursements.models import CheckRun
from cleanclaim.apps.payer.disbursements.payee import Payee
from cleanclaim.apps.shared.work.services import NewWork, open_work
from cleanclaim.values.remittance import Remittance

PAPER = "paper_remittance"
SUBJECT = "check_run"


def open_paper(payments: Sequence[tuple[int, Payee, Remittance]], *, run: CheckRun) -> None:
    """One item per payment that no 835 tells: somebody sends the remittance on paper. (payment id, payee, payment)"""
    open_work(
        [
            NewWork(
                kind=PAPER,
                subject_kind=SUBJECT,
                subject_id=run.pk,
                title=f"Remittance on paper: {payee.provider.full_name}"[:120],
                reason=f"Payment {remittance.trace_number} has no 835: the payee has no trading partner. "
                "Send the remittance on paper, or add the partner before the next run.",
                opened_on=run.pay_on,
                due_on=run.pay_on,
                amount=remittance.paid,
                dedupe_key=f"{PAPER}:{payment_id}",
            )
            for payment_id, payee, remittance in payments
        ]
    )
