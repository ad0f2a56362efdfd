"""What the apps below announce becomes work for a person."""

from datetime import date
from typing import Any

from cleanclaim.apps.shared.exchange.models import FileState
from cleanclaim.apps.shared.exchange.selectors import file_detail
from cleanclaim.apps.shared.outbox.services import subscribe
from cleanclaim.apps.shared.work.services import NewWork, close_key, close_work, open_work

STOPPED_FILE = "stopped_file"
EMPTY_FILE = "empty_file"  # nothing in it waits for anybody


def subscribe_all() -> None:
    """Listen; called once when the program starts."""
    subscribe("exchange.file_stopped", open_stopped_file)
    subscribe("exchange.file_settled", close_stopped_file)
    subscribe("exchange.answer_missing", open_missing_answer)
    subscribe("exchange.answer_arrived", close_missing_answer)


def open_stopped_file(payload: dict[str, Any]) -> None:
    """A file was held, unreadable or refused at the door."""
    state = FileState.objects.get(file_id=payload["file_id"])
    file = file_detail(payload["file_id"])
    open_work(
        [
            NewWork(
                kind=STOPPED_FILE if file.size_bytes else EMPTY_FILE,
                subject_kind="file",
                subject_id=file.pk,
                title=f"{state.get_state_display()} file",
                reason=f"{file.name}: {state.reason}",
                payer_name=file.partner.name if file.partner else "",
                opened_on=file.dated_on,
            )
        ]
    )


def close_stopped_file(payload: dict[str, Any]) -> None:
    """A second person has released or refused the file."""
    close_work(
        (STOPPED_FILE, EMPTY_FILE),
        subject_kind="file",
        subject_ids=[payload["file_id"]],
        outcome="Settled by a second person",
    )


def open_missing_answer(payload: dict[str, Any]) -> None:
    """A partner has not answered in time."""
    file = file_detail(payload["file_id"])
    open_work(
        [
            NewWork(
                kind="no_answer",
                subject_kind="file",
                subject_id=file.pk,
                title="No answer",
                reason=payload["words"],
                payer_name=file.partner.name if file.partner else "",
                opened_on=date.fromisoformat(payload["on"]),
                dedupe_key=_answer_key(payload),
            )
        ]
    )


def close_missing_answer(payload: dict[str, Any]) -> None:
    """The answer came after all."""
    close_key(_answer_key(payload), outcome=f"The {payload['kind']} arrived")


def _answer_key(payload: dict[str, Any]) -> str:
    return f"no_answer:file:{payload['file_id']}:{payload['kind']}"
