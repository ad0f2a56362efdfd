"""Who sits at the desks of the demo."""

from cleanclaim.apps.shared.users.permissions import ROLE_TEMPLATES, Permission
from cleanclaim.project.demo.cast import DESKS


def test_the_demos_practice_has_two_leads_so_that_a_month_can_be_closed() -> None:
    leads = [one for one in DESKS if (one.desk, one.role) == ("practice", "Billing lead")]

    assert len(leads) == 2


def test_who_posts_cash_writes_nothing_off_and_who_audits_moves_no_money() -> None:
    granted = {role.name: role.permissions for role in ROLE_TEMPLATES}
    verbs = {Permission.REMITTANCES_POST, Permission.ACCOUNTS_ADJUST, Permission.REFUNDS_ISSUE, Permission.PERIODS_CLOSE}  # fmt: skip
    held = {one.role: granted[one.role] & verbs for one in DESKS if one.desk == "practice"}

    assert held["Cash poster"] == {Permission.REMITTANCES_POST}
    assert held["Auditor"] == set()
    assert held["Billing lead"] == verbs
