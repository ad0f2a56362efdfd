"""App registration."""

from django.apps import AppConfig


class RemittancesConfig(AppConfig):
    """What payers say they paid: received, matched, posted, reversed."""

    name = "cleanclaim.apps.billing.remittances"
    label = "remittances"

    def ready(self) -> None:
        """Have the ledger's proof compare postings with remittances; open work, and what a file brought, on its page."""
        from cleanclaim.apps.billing.claims import answers, restating  # models are loaded now
        from cleanclaim.apps.billing.remittances import claim_answers, file_outcomes, proof
        from cleanclaim.apps.billing.remittances.services.restating import restate
        from cleanclaim.apps.shared.exchange import brought
        from cleanclaim.apps.shared.exchange.kinds import Kind
        from cleanclaim.apps.shared.ledger.provers import register, register_days
        from cleanclaim.apps.shared.users.permissions import Permission
        from cleanclaim.apps.shared.work.links import link_subject

        register("remittances", proof.prove_remittances, check=proof.CHECK)
        register_days("Remittances", proof.compare_days)
        link_subject("remittance", "remittances:remittance")
        brought.register(
            Kind.REMITTANCE,
            file_outcomes.remittances_of,
            permission=Permission.REMITTANCES_READ,
        )
        answers.register(claim_answers.payment_answers)
        answers.register_posted(claim_answers.posted_answers)
        restating.register(restate)
