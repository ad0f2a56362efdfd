"""A second practice with a biller of its own."""

from typing import Any

from tests.browser.conftest import Workbench


def sign_in_elsewhere(page: Any, workbench: Workbench) -> int:
    """Sign the second practice's biller in; returns that practice's id."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
    from cleanclaim.apps.shared.users.services import (
        ensure_default_roles,
        find_or_add_demo_user,
        join,
    )

    other = find_or_add_organization(
        kind="practice", name="Lakeshore Clinic", npi="1666666635", tin="310000077"
    )
    user = find_or_add_demo_user(email="olga@lakeshore.example", name="Olga Brandt")
    join(user, Organization.objects.get(pk=other.pk), ensure_default_roles()["Practice biller"])
    page.context.clear_cookies()
    page.goto(f"{workbench.url}/account/login/")
    page.get_by_role("button", name="Olga Brandt").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    return int(other.pk)
