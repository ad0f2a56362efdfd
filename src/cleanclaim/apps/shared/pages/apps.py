"""App registration."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Shared parts of pages; it keeps no rows."""

    name = "cleanclaim.apps.shared.pages"
    label = "pages"
