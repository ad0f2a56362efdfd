"""App registration."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """One thing for one person to do, ranked with its arithmetic."""

    name = "cleanclaim.apps.shared.work"
    label = "work"

    def ready(self) -> None:
        """Listen to the apps below."""
        from cleanclaim.apps.shared.work.events import subscribe_all

        subscribe_all()
