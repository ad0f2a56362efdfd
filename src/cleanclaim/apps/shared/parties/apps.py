"""App registration."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The payers and practitioners that an organization deals with."""

    name = "cleanclaim.apps.shared.parties"
    label = "parties"
