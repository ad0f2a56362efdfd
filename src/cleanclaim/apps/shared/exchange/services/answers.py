"""Which file answers which, and the alarm for an answer that does not come."""

from datetime import datetime

from django.db import transaction

from cleanclaim.apps.shared.exchange.models import FileAnswer, FileState, MessageFile, State
from cleanclaim.apps.shared.exchange.selectors import MissingAnswer, missing_acknowledgements
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.outbox.services import emit


def link_answer(*, question_id: int, answer_id: int, kind: str) -> None:
    """Note that one file answers the other; twice is once."""
    FileAnswer.objects.bulk_create(
        [FileAnswer(question_id=question_id, answer_id=answer_id, kind=kind)],
        ignore_conflicts=True,
    )


@transaction.atomic
def record_answer(
    *, question_id: int, answer_id: int, kind: str, is_accepted: bool, words: str = ""
) -> None:
    """A file that we sent was answered: it is acknowledged, or refused as a whole.

    A 277CA speaks of single claims, so that it never refuses the file (`is_accepted` is then True).
    """
    link_answer(question_id=question_id, answer_id=answer_id, kind=kind)
    state = FileState.objects.select_for_update().get(file_id=question_id)
    words = words or f"{'Accepted' if is_accepted else 'Refused'} by {kind} in file {answer_id}."
    if state.state != State.REFUSED:
        rows.change_state(
            question_id,
            State.ACKNOWLEDGED if is_accepted else State.REFUSED,
            reason="" if is_accepted else words,
            words=words,
            by=None,
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
