"""A refund by transfer goes to the account that two persons saw."""

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401
    DAY,
    approved,
    identify,
    issue,
    paid_twice,
    people,
)

pytestmark = pytest.mark.database_core


def account(routing: str = "021000021", number: str = "654321"):
    from cleanclaim.apps.billing.adjustments.payees import PayeeBank

    return PayeeBank(routing, number)


@pytest.mark.parametrize(
    ("bank", "said"),
    [(("011000016", "654321"), "nine digits that check"), (("021000021", ""), "expected 1 to 17"),
     (("021000021", "1234567890123456789"), "expected 1 to 17")],
)  # fmt: skip
def test_a_refund_is_not_requested_to_an_account_that_is_none(people, paid_twice, bank, said):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import request_refund

    row = identify(people["ana"])

    with pytest.raises(InputError, match=said):
        request_refund(row.pk, on=DAY, by=people["ana"], bank=account(*bank))


def test_a_transfer_goes_to_the_account_that_two_persons_saw(desk, people, paid_twice):  # noqa: F811
    """Who issues it names no other one, and none where none was approved."""
    from cleanclaim.apps.billing.adjustments.services import cancel_refund, request_refund

    row = approved(people)
    own = {"routing": "021000021", "account": "999999"}
    with pytest.raises(
        InputError, match="no bank account was approved with it, expected one for a transfer"
    ):
        issue(row, people["max"], method="eft", accounts={row.pk: own})
    cancel_refund(row.pk, words="by transfer", on=DAY, by=people["lee"])
    row = request_refund(row.pk, on=DAY, by=people["ana"], bank=account())
    row = _approve(row, people)

    for other in (own, {"routing": "011000015", "account": "654321"}, {"account": "65432"}):
        with pytest.raises(InputError, match="expected the approved account 654321 at bank 021000021"):  # fmt: skip
            issue(row, people["max"], method="eft", accounts={row.pk: other})
    file = issue(row, people["max"], method="eft")

    entry = bytes(file.content).decode().splitlines()[2]
    assert (entry[3:12], entry[12:29].strip()) == ("021000021", "654321")


def test_without_the_look_at_what_was_approved_one_person_names_the_account(
    desk,
    people,  # noqa: F811
    paid_twice,  # noqa: F811
    monkeypatch,
):
    """The twin: the control taken away, the issuer's own account gets the money."""
    from cleanclaim.apps.billing.adjustments.services import issuing

    monkeypatch.setattr(issuing, "_approved_bank", lambda row, typed: account(**typed))
    row = approved(people, bank=account())

    file = issue(row, people["max"], method="eft", accounts={row.pk: {"routing": "011000015", "number": "999999"}})  # fmt: skip

    assert bytes(file.content).decode().splitlines()[2][12:29].strip() == "999999"


def test_an_account_of_an_earlier_request_does_not_stay(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import cancel_refund, request_refund

    row = approved(people, bank=account())
    cancel_refund(row.pk, words="by check", on=DAY, by=people["lee"])
    row = _approve(request_refund(row.pk, on=DAY, by=people["ana"]), people)

    with pytest.raises(InputError, match="no bank account was approved"):
        issue(row, people["max"], method="eft")


def _approve(row, people):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import approve_refund

    return approve_refund(row.pk, on=DAY, by=people["lee"])


def test_an_ach_file_balances(desk, people, paid_twice):  # noqa: F811
    row = approved(people, bank=account())
    file = issue(row, people["max"], method="eft")

    records = bytes(file.content).decode().splitlines()
    assert {len(one) for one in records} == {94}
    assert len(records) % 10 == 0
    assert records[1][50:53] == "CCD"
    entry, control = records[2], records[4]
    assert entry[29:39] == "0000031250"
    assert (control[21:31], control[43:55]) == ("0002100002", "000000031250")
