"""App registration."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Who is covered, when, and what of their year's benefits is used."""

    name = "cleanclaim.apps.payer.members"
    label = "members"
