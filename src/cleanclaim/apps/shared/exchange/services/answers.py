"""Which file answers which, and the alarm for an answer that does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from cleanclaim.apps.shared.exchange.models import FileState, MessageFile, State
from cleanclaim.apps.shared.exchange.selectors import MissingAnswer, missing_acknowledgements
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.outbox.services import emit, emit_all

# Whoever changes the state meanwhile is waited for; a file that was refused stays refused.
_RECORD = """
WITH given AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS given (question_id, answer_id, kind, state, reason, words)
), linked AS (
    INSERT INTO exchange_fileanswer (question_id, answer_id, kind)
    SELECT question_id, answer_id, kind FROM given ON CONFLICT DO NOTHING
), counting AS (
    SELECT DISTINCT ON (question_id) * FROM given ORDER BY question_id, state = 'refused' DESC
), moved AS (
    UPDATE exchange_filestate AS s
    SET state = c.state, reason = c.reason, changed_at = statement_timestamp()
    FROM counting AS c WHERE s.file_id = c.question_id AND s.state <> 'refused'
    RETURNING s.file_id, c.state, c.words
)
INSERT INTO exchange_fileevent (file_id, kind, words) SELECT file_id, state, words FROM moved
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """A file that we sent was answered by another: it is acknowledged, or refused as a whole.

    A 277CA speaks of single claims, so that it never refuses the file (`is_accepted` is then True).
    """

    question_id: int
    answer_id: int
    kind: str
    is_accepted: bool
    words: str = ""

    @property
    def event_words(self) -> str:
        """What the file's timeline says, 500 characters at most."""
        outcome = "Accepted" if self.is_accepted else "Refused"
        return (self.words or f"{outcome} by {self.kind} in file {self.answer_id}.")[:500]


@transaction.atomic
def record_answer(
    *, question_id: int, answer_id: int, kind: str, is_accepted: bool, words: str = ""
) -> None:
    """As `record_answers`, for one."""
    record_answers([Answered(question_id, answer_id, kind, is_accepted, words)])


@transaction.atomic
def record_answers(answered: Sequence[Answered]) -> None:
    """Link each answer to the file that it answers, and move that file on; of two answers to one a refusal counts."""
    given = [
        (
            one.question_id,
            one.answer_id,
            one.kind,
            str(State.ACKNOWLEDGED if one.is_accepted else State.REFUSED),
            "" if one.is_accepted else one.event_words,
            one.event_words,
        )
        for one in answered
    ]
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [list(column) for column in zip(*given, strict=True)])
    emit_all(
        "exchange.answer_arrived",
        [{"file_id": one.question_id, "kind": one.kind} for one in answered],
    )


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
