"""Members for the palette."""

from collections.abc import Sequence

from django.urls import reverse

from cleanclaim.apps.payer.members.selectors import find_members
from cleanclaim.apps.shared.pages.navigation import Hit


def find(text: str, limit: int) -> Sequence[Hit]:
    """Members whose id or name begins with the text."""
    return [
        Hit(
            str(member),
            f"{member.member_id}{f', born {member.born_on}' if member.born_on else ''}",
            reverse("members:page", args=[member.pk]),
            patient_id=member.pk,
        )
        for member in find_members(text)[:limit]
    ]
