"""The payees' answers to our 835s."""

from collections.abc import Sequence

from django.db import connection, transaction

from cleanclaim.apps.payer.disbursements.models import Payment
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile
from cleanclaim.apps.shared.exchange.services import Answered, record_answers
from cleanclaim.values.acknowledgement import Outcome, SyntaxAcknowledgement

_NOTE = (
    "UPDATE {payments} AS p SET syntax_outcome = given.outcome, acknowledged_on = given.day "
    "FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS given (file_id, outcome, day) "
    "WHERE p.file_id = given.file_id"
)


@transaction.atomic
def apply_syntax_acknowledgements(
    found: Sequence[tuple[SyntaxAcknowledgement, MessageFile]],
) -> int:
    """Note partners' 999s on the payments whose 835s they answer; returns how many payments there were.

    The 835 is the newest file that we sent the partner under the group's control number. Of two answers
    to one 835 the last one counts.
    """
    questions = _questions(found)
    answers = [
        (questions[key], answer, file)
        for answer, file in found
        if (key := (file.partner_id, answer.group_control_number)) in questions
    ]
    if not answers:
        return 0
    record_answers(
        [
            Answered(question, file.pk, "999", answer.outcome is not Outcome.REJECTED)
            for question, answer, file in answers
        ]
    )
    last = {question: (answer.outcome.value, file.dated_on) for question, answer, file in answers}
    outcomes, days = zip(*last.values(), strict=True)
    table = connection.ops.quote_name(Payment._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE.format(payments=table), [list(last), list(outcomes), list(days)])
        return cursor.rowcount


def _questions(
    found: Sequence[tuple[SyntaxAcknowledgement, MessageFile]],
) -> dict[tuple[int, str], int]:
    """The newest 835 of each partner under each of these control numbers."""
    sent = MessageFile.objects.filter(
        direction=Direction.OUT,
        partner_id__in={file.partner_id for _, file in found},
        kind="835",
        group_control__in={answer.group_control_number for answer, _ in found},
    )
    rows = sent.order_by("id").values_list("partner_id", "group_control", "id")
    return {(partner_id, number): file_id for partner_id, number, file_id in rows}
