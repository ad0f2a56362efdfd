"""App registration."""

from django.apps import AppConfig


class AdjudicationConfig(AppConfig):
    """Decisions about cases: made, pended, overridden, reversed, and re-run."""

    name = "cleanclaim.apps.payer.adjudication"
    label = "adjudication"

    def ready(self) -> None:
        """Open the claim that a work item is about."""
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject("case", "cases:page")
