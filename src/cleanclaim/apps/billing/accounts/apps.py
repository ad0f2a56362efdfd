"""App registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Pages only: a patient's account is a question to ledger and claims."""

    name = "cleanclaim.apps.billing.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let the ledger's pages open claims and accounts."""
        from django.urls import reverse

        from cleanclaim.apps.shared.ledger.links import link
        from cleanclaim.apps.shared.work.links import subject_href

        link("claim", lambda pk: subject_href("claim", pk), kind="practice")
        link("patient", lambda pk: reverse("accounts:account", args=[pk]), kind="practice")
