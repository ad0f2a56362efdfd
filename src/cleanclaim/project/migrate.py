"""Run as a process of its own, as the owner of the database: migrations, rights and policies, roles that are missing."""

import django
from django.core.management import call_command


def main() -> None:
    """Migrate, apply the database rules, and add the roles of this release that the home does not have yet."""
    django.setup()
    from cleanclaim.apps.shared.tenancy.database_rules import apply_database_rules
    from cleanclaim.apps.shared.users.services import ensure_default_roles

    call_command("migrate", verbosity=0, interactive=False)
    apply_database_rules()
    ensure_default_roles()  # a role that is there stays as it is, whatever people made of it


if __name__ == "__main__":
    main()
