"""Questions about patients."""

from datetime import date

from django.db.models import Q

from cleanclaim.apps.billing.patients.models import Patient

PAGE_ROWS = 50


def find_patients(
    *,
    text: str = "",
    born_on: date | None = None,
    after: tuple[str, str, int] | None = None,
    limit: int = PAGE_ROWS,
) -> list[Patient]:
    """Patients by name. `text` is the start of the last name, then of the first (`okaf, ch`).

    `after` is (last name, first name, id) of the last row of the page before.
    """
    found = Patient.objects.all()
    last, _, first = (part.strip() for part in text.partition(","))
    if last:
        found = found.filter(Q(last_name__istartswith=last) | Q(external_id=last))
    if first:
        found = found.filter(first_name__istartswith=first)
    if born_on:
        found = found.filter(born_on=born_on)
    if after:
        found = found.extra(
            where=["(last_name, first_name, id) > (%s, %s, %s)"], params=list(after)
        )
    return list(found.order_by("last_name", "first_name", "id")[:limit])
