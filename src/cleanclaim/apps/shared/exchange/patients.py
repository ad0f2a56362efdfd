"""Whose data a file holds. The apps above know; they say it here, so that every look is audited."""

from collections.abc import Callable, Iterable

PatientFinder = Callable[[int], Iterable[int]]

_finders: list[PatientFinder] = []


def register_patient_finder(find: PatientFinder) -> None:
    """`find(file_id)` gives ids of patients (or members) whose data the file holds; in an app's `ready()`."""
    if find not in _finders:
        _finders.append(find)


def patients_in(file_id: int) -> list[int]:
    """Everybody whose data the file is known to hold, each once."""
    return sorted({patient_id for find in _finders for patient_id in find(file_id)})
