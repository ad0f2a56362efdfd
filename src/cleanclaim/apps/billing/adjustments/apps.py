"""App registration."""

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    """What people move on accounts by hand, under limits and a second person."""

    name = "cleanclaim.apps.billing.adjustments"
    label = "adjustments"

    def ready(self) -> None:
        """Let work items open requests, keep re-applied, refunded and re-classified payments from being taken back, tell the bank's desk of refunds.

        And which credits are promised, and what of a payer's takebacks has settled credits.
        """
        from cleanclaim.apps.billing.adjustments.credits import promised
        from cleanclaim.apps.billing.adjustments.refunds_out import REFUNDS
        from cleanclaim.apps.billing.adjustments.services.reapplying import why_not_reversed
        from cleanclaim.apps.billing.adjustments.services.reclassed import why_not_under_reclass
        from cleanclaim.apps.billing.adjustments.services.refunded import why_not_under_refund
        from cleanclaim.apps.billing.adjustments.takebacks import drawn_from
        from cleanclaim.apps.billing.deposits import debit_sources, given_back
        from cleanclaim.apps.billing.remittances import guards, unreversed
        from cleanclaim.apps.shared.work.links import link_subject

        debit_sources.register(REFUNDS)
        given_back.speak_for(promised)
        unreversed.speak_for(drawn_from)
        guards.register(why_not_reversed)
        guards.register(why_not_under_refund)
        guards.register(why_not_under_reclass)
        link_subject("adjustment", "adjustments:request")
        link_subject("refund", "credits:case")
