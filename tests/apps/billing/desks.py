"""People who sign in to pages, and what was noted of what they saw."""

from django.test import Client, override_settings


def demo() -> override_settings:
    """A demo home, where demo people sign in with one click."""
    return override_settings(KIND="demo", BIND="127.0.0.1")


def browser(organization_id: int, role: str, *, name: str = "") -> Client:
    """A signed-in person of this role there, called by it where no name is given."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    address = f"{name} {role} {organization_id}".strip().replace(" ", "-").lower()
    user = add_user(email=f"{address}@harbor.example", name=name or role, is_demo=True)
    organization = Organization.objects.get(pk=organization_id)
    membership = join(user, organization, ensure_default_roles()[role])
    client = Client(raise_request_exception=False)
    with demo():
        client.post("/demo-sign-in/", {"membership": membership.pk})
    return client


def reads(practice: int) -> list[tuple[str, str, int]]:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        events = AuditEvent.objects.filter(action__in=("read", "export")).order_by("id")
        return list(events.values_list("action", "what", "patient_id"))
