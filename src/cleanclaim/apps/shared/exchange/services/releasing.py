"""A held file is let in by two persons: who brought it and a second one.

Of a file that came by itself nobody is the first: there one person says that it may come in, and another one says so too.
What such a file holds is not known before it is read (it is named for its first message), so that this is asked of each.
"""

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.shared.exchange.models import FileRelease, FileState, MessageFile, State
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.exchange.services.receiving import move
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.kernel.errors import PermissionRefusedError


@transaction.atomic
def release_held_file(file_id: int, by: int) -> bool:
    """Let a held file through; False where it came by itself and a second person must say so too.

    Raises:
        StateError: the file is not held.
        PermissionRefusedError: the same person received it, or said so already.
    """
    # One at a time: the second one must see the first one's word.
    state = FileState.objects.select_for_update().get(file_id=file_id)
    file = MessageFile.objects.defer("content").get(pk=file_id)
    word = _first_word(file, by)
    _refuse_same(file, word, by)
    is_first = word.pk is None
    if is_first:
        word.save()
    if is_first and file.by is None and state.state == State.HELD:
        words = "May come in, says one person; a second one must say so too"
        rows.add_event(file_id, "release", words=words, by=by)
        return False
    move(file_id, from_state=State.HELD, to=State.RECEIVED, words="Released", by=by)
    FileRelease.objects.filter(pk=word.pk).update(second_by=by, second_at=Now())
    emit("exchange.file_settled", {"file_id": file_id})
    return True


def awaited_release(file: MessageFile) -> FileRelease | None:
    """One person's word that a held file that came by itself may come in, while a second one's is awaited."""
    return FileRelease.objects.filter(file=file, second_by=None).first()


def _first_word(file: MessageFile, by: int) -> FileRelease:
    """The first person's, kept already, or new: theirs who brought the file, else this person's."""
    kept = FileRelease.objects.filter(file=file).first()
    return kept or FileRelease(file=file, first_by=by if file.by is None else file.by)


def _refuse_same(file: MessageFile, word: FileRelease, by: int) -> None:
    if file.by is not None and file.by == by:
        raise PermissionRefusedError(
            f"file {file.pk} was received by you", hint="A second person must release it."
        )
    if word.pk is not None and word.first_by == by:
        raise PermissionRefusedError(
            f"file {file.pk}: you have released it already",
            hint="It came by itself, so that a second person must release it as well.",
        )
