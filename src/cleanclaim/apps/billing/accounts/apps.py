"""App registration."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Pages only: a patient's account is a question to ledger and claims."""

    name = "cleanclaim.apps.billing.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let the ledger's pages open claims and accounts."""
        from django.urls import reverse

        from cleanclaim.apps.shared.ledger.links import act, link
        from cleanclaim.apps.shared.work.links import subject_href

        for kind in ("practice", "pharmacy"):
            link(
                "claim",
                lambda pk: subject_href("claim", pk),
                kind=kind,
                names=lambda ids: _claims().control_numbers(ids),
            )
            link(
                "patient",
                lambda pk: reverse("accounts:account", args=[pk]),
                kind=kind,
                names=lambda ids: _entries().patient_names(ids),
            )
            act(lambda request, view: _entries().reapplying(request, view), kind=kind)


def _claims() -> Any:
    return import_module("cleanclaim.apps.billing.claims.selectors")


def _entries() -> Any:
    """The module that knows them, loaded where somebody looks: commands start without it."""
    return import_module("cleanclaim.apps.billing.accounts.entries")
