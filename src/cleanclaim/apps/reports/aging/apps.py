"""App registration."""

from django.apps import AppConfig


class AgingConfig(AppConfig):
    """Aging is a question to ledger and claims; it keeps packed copies of legs, which the proof compares."""

    name = "cleanclaim.apps.reports.aging"
    label = "aging"

    def ready(self) -> None:
        """Have the ledger's proof look at the blocks, too."""
        from cleanclaim.apps.reports.aging.checking import CHECK, prove_blocks  # models are loaded
        from cleanclaim.apps.shared.ledger.provers import register

        register("aging blocks", prove_blocks, check=CHECK)
