"""App registration."""

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    """What people move on accounts by hand, under limits and a second person."""

    name = "cleanclaim.apps.billing.adjustments"
    label = "adjustments"

    def ready(self) -> None:
        """Let work items open requests."""
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject("adjustment", "adjustments:request")
        link_subject("refund", "credits:case")
