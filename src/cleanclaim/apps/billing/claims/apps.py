"""App registration."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims with their versions, findings, submissions and answers: one timeline each."""

    name = "cleanclaim.apps.billing.claims"
    label = "claims"

    def ready(self) -> None:
        """Have the ledger's proof look at the claims' cached amounts too."""
        from cleanclaim.apps.billing.claims.amounts import prove_claims  # models are loaded now
        from cleanclaim.apps.shared.ledger.provers import register

        register("claims", prove_claims, check="claim's amount is what the legs say")
