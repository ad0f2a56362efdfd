"""What people and programs type into a posting rule that is none: told, never a broken page."""

import pytest

from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core
GIVEN = {"payer": "", "pattern": "CO-45", "action": "write_off", "account": "contra:small-balance", "limit": "5.00", "note": "", "from": "", "to": ""}  # fmt: skip
WRONG = {
    "limit": [
        "0.004",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e30",
        "-0.01",
        "1e-9999999",
        "９９",
    ],
    "payer": ["9" * 30, "-1", "1.5", "²"],
    "action": ["refund", "WRITE_OFF"],
    "account": ["asset:bank", "receivable:patient", "nobody"],
    "pattern": ["CO-45 OR 1", "XX-45", "CO-", "*-*", "CO-４５"],
    "from": ["2026-13-01", "yesterday", "0001-01-01", "2020-01-01"],
    "to": ["2026-02-30", "1999-01-01"],
}


@pytest.fixture
def biller(practice: int):
    with demo():
        yield browser(practice, "Billing lead", name="Ada")


def test_the_rule_as_given_is_kept(biller, practice: int) -> None:
    from cleanclaim.apps.billing.remittances.models import PostingRule
    from cleanclaim.apps.shared.tenancy.context import tenant

    answer = biller.post("/remittances/rules/add/", GIVEN)

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    with tenant(practice):
        [row] = PostingRule.objects.all()
        assert (row.pattern, row.action, str(row.amount_limit)) == ("CO-45", "write_off", "5.00")


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_told(biller, name) -> None:
    found = {
        (how, value): answer.status_code
        for value in WRONG[name]
        for how, answer in (
            ("keep", biller.post("/remittances/rules/add/", {**GIVEN, name: value})),
            ("look", biller.get("/remittances/rules/", {**GIVEN, name: value})),
        )
    }

    assert {key: code for key, code in found.items() if code not in (400, 422)} == {}
