"""Questions about the directory."""

from cleanclaim.apps.shared.parties.models import Payer, Practitioner

LIST_ROWS = 20


def payers(text: str = "", *, limit: int = LIST_ROWS) -> list[Payer]:
    """Payers whose name or id begins with `text`, by name."""
    rows = Payer.objects.filter(name__istartswith=text) | Payer.objects.filter(
        payer_id__istartswith=text
    )
    return list(rows.order_by("name", "id")[:limit])


def practitioners(text: str = "", *, limit: int = LIST_ROWS) -> list[Practitioner]:
    """Practitioners whose last name or NPI begins with `text`, by name."""
    rows = Practitioner.objects.filter(last_name__istartswith=text) | Practitioner.objects.filter(
        npi__startswith=text
    )
    return list(rows.order_by("last_name", "first_name", "id")[:limit])
