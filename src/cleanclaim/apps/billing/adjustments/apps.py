"""App registration."""

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    """What people move on accounts by hand, under limits and a second person."""

    name = "cleanclaim.apps.billing.adjustments"
    label = "adjustments"

    def ready(self) -> None:
        """Let work items open requests, and keep payments that were re-applied from being taken back."""
        from cleanclaim.apps.billing.adjustments.services.reapplying import why_not_reversed
        from cleanclaim.apps.billing.remittances import guards
        from cleanclaim.apps.shared.work.links import link_subject

        guards.register(why_not_reversed)
        link_subject("adjustment", "adjustments:request")
        link_subject("refund", "credits:case")
