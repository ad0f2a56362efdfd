"""Claims for the palette, by the plan's number or the provider's."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from cleanclaim.apps.payer.adjudication.questions import with_names
from cleanclaim.apps.payer.adjudication.tables import state_chip
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.shared.pages.navigation import Hit
from cleanclaim.kernel.money import show


def find(text: str, limit: int) -> Sequence[Hit]:
    """Claims whose ICN or control number begins with the text, newest first."""
    found = ClaimCase.objects.defer("body").filter(
        Q(icn__startswith=text) | Q(control_number__istartswith=text)
    )
    return [
        Hit(
            f"{named.case.icn or named.case.control_number} {named.member}".strip(),
            f"{named.case.control_number} · {show(named.case.charge)} · {state_chip(named.case).words}",
            reverse("cases:page", args=[named.pk]),
            patient_id=named.case.member_id,
        )
        for named in with_names(list(found.order_by("-id")[:limit]))
    ]
