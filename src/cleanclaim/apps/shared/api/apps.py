"""App registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tokens that let programs in, and the answers that make a repeated call harmless."""

    name = "cleanclaim.apps.shared.api"
    label = "api"
