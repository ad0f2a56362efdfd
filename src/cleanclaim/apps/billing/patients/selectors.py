"""Questions about patients."""

from datetime import date

from django.db.models import Q

from cleanclaim.apps.billing.patients.models import Patient

PAGE_ROWS = 50
MOST_WORDS = 5  # of a given name that are tried as first and middle name


def by_name(text: str) -> Q:
    """Whose name begins so: `last, first middle` as lists show it, or as much of it as was typed.

    Only starts of names are asked for, which an index can answer; a first name may have several words.
    """
    last, _, given = (part.strip() for part in text.partition(","))
    words = given.rstrip(".").split()
    firsts = Q(first_name__istartswith=" ".join(words))
    for place in range(1, min(len(words), MOST_WORDS)):
        first, middle = " ".join(words[:place]), " ".join(words[place:])
        firsts |= Q(first_name__istartswith=first, middle_name__istartswith=middle)
    return Q(last_name__istartswith=last) & firsts if words else Q(last_name__istartswith=last)


def find_patients(
    *,
    text: str = "",
    born_on: date | None = None,
    after: tuple[str, str, int] | None = None,
    limit: int = PAGE_ROWS,
) -> list[Patient]:
    """Patients by name. `text` is the start of the last name, then of the first (`okaf, ch`), or an outside number.

    `after` is (last name, first name, id) of the last row of the page before.
    """
    found = Patient.objects.all()
    if text.strip():
        found = found.filter(by_name(text) | Q(external_id=text.strip()))
    if born_on:
        found = found.filter(born_on=born_on)
    if after:
        found = found.extra(
            where=["(last_name, first_name, id) > (%s, %s, %s)"], params=list(after)
        )
    return list(found.order_by("last_name", "first_name", "id")[:limit])
