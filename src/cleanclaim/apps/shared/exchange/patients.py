"""Whose data a file holds. The apps above know; they say it here, so that every look is audited."""

from collections.abc import Callable, Iterable

from cleanclaim.apps.shared.exchange.models import FileAnswer

PatientFinder = Callable[[int], Iterable[int]]

_finders: list[PatientFinder] = []


def register_patient_finder(find: PatientFinder) -> None:
    """`find(file_id)` gives ids of patients (or members) whose data the file holds; when the program starts."""
    if find not in _finders:
        _finders.append(find)


def patients_in(file_id: int) -> list[int]:
    """Everybody whose data the file is known to hold, each once.

    An acknowledgement repeats names and numbers of what it answers, so that file's people count too.
    """
    answered = FileAnswer.objects.filter(answer_id=file_id).values_list("question_id", flat=True)
    return sorted(
        {
            patient_id
            for one in (file_id, *answered)
            for find in _finders
            for patient_id in find(one)
        }
    )
