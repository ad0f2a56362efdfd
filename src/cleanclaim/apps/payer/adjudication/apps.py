"""App registration."""

from django.apps import AppConfig


class AdjudicationConfig(AppConfig):
    """Decisions about cases: made, pended, overridden, reversed, and re-run."""

    name = "cleanclaim.apps.payer.adjudication"
    label = "adjudication"
