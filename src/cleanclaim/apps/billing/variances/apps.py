"""App registration."""

from django.apps import AppConfig


class VariancesConfig(AppConfig):
    """What payers should have paid against what they paid, and what is done about it."""

    name = "cleanclaim.apps.billing.variances"
    label = "variances"

    def ready(self) -> None:
        """Compare what is posted, price anew what a contract changed, and rank anew what a chance concerns."""
        from cleanclaim.apps.billing.contracts.services import CHANGED
        from cleanclaim.apps.billing.remittances.services.announcing import MOVED
        from cleanclaim.apps.billing.variances import chances, events
        from cleanclaim.apps.shared.outbox.services import subscribe
        from cleanclaim.apps.shared.work.links import link_subject

        subscribe(MOVED, events.compare_posted)
        subscribe(CHANGED, events.price_anew)
        subscribe(chances.SET, events.rank_anew)
        link_subject("variance", "variances:variance")
