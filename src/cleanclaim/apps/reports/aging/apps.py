"""App registration."""

from django.apps import AppConfig


class AgingConfig(AppConfig):
    """Aging is a question to ledger and claims; it keeps packed copies of legs, which the proof compares."""

    name = "cleanclaim.apps.reports.aging"
    label = "aging"

    def ready(self) -> None:
        """Have the ledger's proof look at the blocks, too; say where a month's review is."""
        from cleanclaim.apps.reports.aging.checking import CHECK, prove_blocks  # models are loaded
        from cleanclaim.apps.shared.ledger.provers import register
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject("aging_month", "aging:month_reviews")
        register("aging blocks", prove_blocks, check=CHECK)
