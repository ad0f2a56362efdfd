"""One claim that the plan answers a second time without taking its first answer back: a person has to look at it."""

from dataclasses import replace
from datetime import date, timedelta

from cleanclaim.apps.billing.remittances.bodies import head_of, payments_of
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.shared.exchange import drop
from cleanclaim.apps.shared.exchange.models import MessageFile, Partner
from cleanclaim.apps.shared.exchange.services import next_envelope, queue_file
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.edi import write_835
from cleanclaim.kernel.money import ZERO
from cleanclaim.project.loop import stages
from cleanclaim.project.loop.world import World
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.remittance import ClaimPayment
from cleanclaim.values.remittance import Remittance as Answer

TRACE = "26ANSWER2"
NAME = f"835-{TRACE}.x12"


def answer_again(world: World, practice: Organization) -> None:
    """Have the plan put on the deductible what it paid, in an 835 without money; a build that was cut off says it once.

    No money is in it, so that what the plan paid out and what the practice was told it pays stay the same.
    """
    with tenant(practice.pk):
        last = Remittance.objects.filter(state=State.POSTED).order_by("-paid_on", "-id").first()
        if last is None or Remittance.objects.filter(trace_number=TRACE).exists():
            return
        paid = next(one for one in payments_of(last.pk, 1, last.claim_count) if one.paid > ZERO)
        day = last.paid_on + timedelta(days=2)
        answer = replace(
            head_of(last), paid=ZERO, method="NON", handling="H", trace_number=TRACE, paid_on=day,
            produced_on=day, provider_adjustments=(), claims=(_to_patient(paid),),
        )  # fmt: skip
    _send(world, practice, answer, day)
    stages.work_inbox(practice.pk, practice.slug, day, str(world.drop))


def _send(world: World, practice: Organization, answer: Answer, day: date) -> None:
    with tenant(world.plan.pk):
        if not MessageFile.objects.filter(name=NAME).exists():
            partner = Partner.objects.get(slug=practice.slug)
            data = write_835([answer], envelope=next_envelope(partner, created_on=day))
            queue_file(data, partner=partner, kind="835", name=NAME, created_on=day)
    drop.deliver_queued(world.drop, organization_id=world.plan.pk)


def _to_patient(paid: ClaimPayment) -> ClaimPayment:
    lines = tuple(
        replace(
            line,
            paid=ZERO,
            adjustments=(*line.adjustments, Adjustment(Group.PATIENT, "1", line.paid)),
        )
        for line in paid.lines
    )
    share = paid.patient_responsibility + paid.paid
    return replace(paid, paid=ZERO, patient_responsibility=share, lines=lines)
