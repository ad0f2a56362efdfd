"""App registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit events and the blocks that seal them."""

    name = "cleanclaim.apps.shared.audit"
    label = "audit"
