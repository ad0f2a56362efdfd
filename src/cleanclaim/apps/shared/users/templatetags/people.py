"""Tags about people."""

from django import template

from cleanclaim.apps.shared.users.access import is_demo_sign_in_open
from cleanclaim.apps.shared.users.models import Membership

register = template.Library()


@register.simple_tag
def demo_people() -> list[Membership]:
    """The demo people that can sign in with one click here; none outside a demo home."""
    if not is_demo_sign_in_open():
        return []
    return list(
        Membership.objects.filter(is_active=True, user__is_demo=True, user__is_active=True)
        .select_related("user", "organization", "role")
        .order_by("id")
    )
