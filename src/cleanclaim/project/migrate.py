"""Run as a process of its own, as the owner of the database: migrations, then rights and policies."""

import django
from django.core.management import call_command


def main() -> None:
    """Migrate and apply the database rules."""
    django.setup()
    from cleanclaim.apps.shared.tenancy.database_rules import apply_database_rules

    call_command("migrate", verbosity=0, interactive=False)
    apply_database_rules()


if __name__ == "__main__":
    main()
