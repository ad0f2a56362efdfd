"""App registration."""

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """Requests to close or open months, accruals, exports of the journal; the ledger holds the lock itself."""

    name = "cleanclaim.apps.reports.closing"
    label = "closing"

    def ready(self) -> None:
        """Tell the ledger's pages where a month is closed; take an estimate back where the amount itself is posted."""
        from cleanclaim.apps.billing.variances.settlements import follow
        from cleanclaim.apps.reports.closing.accruals import forget_true_up
        from cleanclaim.apps.shared.ledger import links
        from cleanclaim.apps.shared.pages.addresses import address
        from cleanclaim.apps.shared.tenancy.models import OrganizationKind
        from cleanclaim.apps.shared.work.links import link_subject

        for kind in (
            OrganizationKind.PRACTICE,
            OrganizationKind.PHARMACY,
            OrganizationKind.HEALTH_PLAN,
        ):
            links.link(
                "month",
                lambda number: address("closing:month", number // 100, number % 100),
                kind=kind,
            )
        follow(forget_true_up)
        link_subject("close_request", "closing:request")
        link_subject("journal_export", "closing:journal_page")
        link_subject("close_month", "closing:month_tasks")
