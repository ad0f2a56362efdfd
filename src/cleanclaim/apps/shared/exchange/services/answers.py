"""Which file answers which, and the alarm for an answer that does not come."""

from datetime import datetime

from django.db import connection, transaction

from cleanclaim.apps.shared.exchange.models import FileState, MessageFile, State
from cleanclaim.apps.shared.exchange.selectors import MissingAnswer, missing_acknowledgements
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.outbox.services import emit

# Whoever changes the state meanwhile is waited for; a file that was refused stays refused.
_RECORD = """
WITH linked AS (
    INSERT INTO exchange_fileanswer (question_id, answer_id, kind) VALUES (%s, %s, %s)
    ON CONFLICT DO NOTHING
), moved AS (
    UPDATE exchange_filestate SET state = %s, reason = %s, changed_at = statement_timestamp()
    WHERE file_id = %s AND state <> 'refused' RETURNING file_id
)
INSERT INTO exchange_fileevent (file_id, kind, words) SELECT file_id, %s, %s FROM moved
"""


@transaction.atomic
def record_answer(
    *, question_id: int, answer_id: int, kind: str, is_accepted: bool, words: str = ""
) -> None:
    """A file that we sent was answered: it is acknowledged, or refused as a whole.

    A 277CA speaks of single claims, so that it never refuses the file (`is_accepted` is then True).
    """
    words = words or f"{'Accepted' if is_accepted else 'Refused'} by {kind} in file {answer_id}."
    state = str(State.ACKNOWLEDGED if is_accepted else State.REFUSED)
    reason = "" if is_accepted else words[:500]
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [question_id, answer_id, kind, state, reason, question_id, state, words[:500]],
        )
    emit("exchange.answer_arrived", {"file_id": question_id, "kind": kind})


@transaction.atomic
def raise_answer_alarms(as_of: datetime) -> list[MissingAnswer]:
    """Announce each answer that is overdue, once; returns those that were not announced before."""
    raised = []
    for missing in missing_acknowledgements(as_of):
        event = f"alarm {missing.wanted}"[:12]
        # The lock makes two workers at once announce it once.
        FileState.objects.select_for_update().get(file_id=missing.file_id)
        if MessageFile.objects.filter(pk=missing.file_id, events__kind=event).exists():
            continue
        rows.add_event(missing.file_id, event, words=missing.words, by=None)
        emit(
            "exchange.answer_missing",
            {
                "file_id": missing.file_id,
                "kind": missing.wanted,
                "words": missing.words,
                "on": as_of.date().isoformat(),
            },
        )
        raised.append(missing)
    return raised
