"""App registration."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """People, roles and memberships."""

    name = "cleanclaim.apps.shared.users"
    label = "users"
