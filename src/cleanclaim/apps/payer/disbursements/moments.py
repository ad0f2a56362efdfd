"""Payments as moments of a case's timeline."""

from django.urls import reverse

from cleanclaim.apps.payer.disbursements.models import CheckRunLine, LineState
from cleanclaim.apps.payer.disbursements.selectors import payments_of_case
from cleanclaim.apps.shared.pages.parts import Moment, Tone
from cleanclaim.kernel.money import show


def payments_told(case_id: int) -> list[Moment]:
    """When and how each decision of the case was paid, or why it is held."""
    payments = {payment.pk: payment for payment in payments_of_case(case_id)}
    moments = []
    for line in CheckRunLine.objects.filter(case_id=case_id).select_related("run").order_by("id"):
        run = [(f"check run {line.run_id}", reverse("check_runs:run", args=[line.run_id]))]
        payment = payments.get(line.payment_id) if line.payment_id else None
        if payment is not None:
            moments.append(_paid(line, payment.method, payment.trace_number, run, payment.paid_on))
        elif line.state == LineState.HELD:
            words = f"Held out of check run {line.run_id}: {line.note}"
            moments.append(Moment(line.run.pay_on, words, "act", run))
        else:
            moments.append(Moment(line.run.pay_on, "On the pre-check list", "", run))
    return moments


def _paid(
    line: CheckRunLine, method: str, trace: str, run: list[tuple[str, str]], on: object
) -> Moment:
    how = {"ACH": "transfer", "CHK": "check", "NON": "notice"}[method]
    what = f"Remitted {show(line.amount)} in {how} {trace}"
    tone: Tone = "good"
    if line.amount < 0:
        what, tone = f"Took back {show(-line.amount)} in {how} {trace}", ""
    if line.member_amount:
        what += f", {show(line.member_amount)} to the member"
    return Moment(on, what, tone, run)
