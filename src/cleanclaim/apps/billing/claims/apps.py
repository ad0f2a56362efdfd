"""App registration."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims with their versions, findings, submissions and answers: one timeline each."""

    name = "cleanclaim.apps.billing.claims"
    label = "claims"

    def ready(self) -> None:
        """Have the ledger's proof look at the claims' cached amounts too; open work on the claim page."""
        from cleanclaim.apps.billing.claims.proof import (  # models are loaded now
            CHECK,
            prove_claims,
        )
        from cleanclaim.apps.billing.claims.services import coverage_changes, patient_part
        from cleanclaim.apps.billing.coverage.services import CHANGED
        from cleanclaim.apps.shared.ledger.provers import register
        from cleanclaim.apps.shared.outbox.services import subscribe
        from cleanclaim.apps.shared.work.links import link_subject

        register("claims", prove_claims, check=CHECK)
        subscribe(patient_part.USE_CHANGED, patient_part.work_out_held)
        subscribe(CHANGED, coverage_changes.after_coverage_change)
        link_subject("claim", "claims:page")
