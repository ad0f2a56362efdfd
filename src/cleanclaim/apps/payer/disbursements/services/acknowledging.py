"""The payee's answer to our 835."""

from django.db import transaction

from cleanclaim.apps.payer.disbursements.models import Payment
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile
from cleanclaim.apps.shared.exchange.services import record_answer
from cleanclaim.values.acknowledgement import Outcome, SyntaxAcknowledgement


@transaction.atomic
def apply_syntax_acknowledgement(
    acknowledgement: SyntaxAcknowledgement, *, file: MessageFile
) -> int:
    """Note a partner's 999 on the payments whose 835 it answers; returns how many there were.

    The 835 is the newest file that we sent this partner under the group's control number.
    """
    question = (
        MessageFile.objects.defer("content")
        .filter(
            direction=Direction.OUT,
            partner_id=file.partner_id,
            kind="835",
            group_control=acknowledgement.group_control_number,
        )
        .order_by("-id")
        .first()
    )
    if question is None:
        return 0
    record_answer(
        question_id=question.pk,
        answer_id=file.pk,
        kind="999",
        is_accepted=acknowledgement.outcome is not Outcome.REJECTED,
    )
    return Payment.objects.filter(file_id=question.pk).update(
        syntax_outcome=acknowledgement.outcome.value, acknowledged_on=file.dated_on
    )
