"""What was said of a refund that went out and was wrong is taken back: that it cleared, that it came back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.test_came_back import (  # noqa: F401
    BACK_ON,
    SUM,
    bank_had,
    brought,
    came_back,
    check,
    cleared,
    out,
)
from tests.apps.billing.adjustments.test_refund_once import case  # noqa: F401
from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401
    DAY,
    account_sums,
    issue,
    paid_twice,
    people,
)
from tests.apps.billing.deposits.bank import bring, lines_of
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.locks import BANK, touching

pytestmark = pytest.mark.database_core
UNDONE_ON = BACK_ON + timedelta(days=4)
BETWEEN = BACK_ON + timedelta(days=2)
WRONG = "it was the refund of another payer"


def undo_clear(row, by: int, words: str = WRONG, on=UNDONE_ON):
    from cleanclaim.apps.billing.adjustments.services import undo_clear

    return undo_clear(row.pk, words=words, on=on, by=by)


def undo_came_back(row, by: int, words: str = WRONG, on=UNDONE_ON):
    from cleanclaim.apps.billing.adjustments.services import undo_came_back

    return undo_came_back(row.pk, words=words, on=on, by=by)


def as_of(day) -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances(effective_on=day)


STANDS = (
    "state", "reference", "method", "file_id", "issued_by", "issued_on", "cleared_on", "came_back", "came_back_on",
    "owed_since", "due_on",
)  # fmt: skip


def standing(row) -> dict[str, object]:
    row.refresh_from_db()
    return {name: getattr(row, name) for name in STANDS}


def test_what_had_not_cleared_is_issued_as_of_every_day_and_clears_anew(desk, people, out):  # noqa: F811
    before, then = bank_had(), standing(out)
    cleared(out, people["max"])

    undo_clear(out, people["max"])

    assert standing(out) == then
    assert (account_sums(), bank_had()) == ({"refund-checks-outstanding": SUM}, before)
    assert as_of(BETWEEN) == as_of(UNDONE_ON)
    assert (
        out.steps.order_by("-id").first().words
        == f"{out.reference} had not cleared the bank: {WRONG}"
    )
    cleared(out, people["max"], on=UNDONE_ON)
    assert (account_sums(), bank_had()) == ({}, before - SUM)
    desk.prove()


def test_the_line_that_it_explained_is_open_for_the_right_one(desk, people, out):  # noqa: F811
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.debits import view_of
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    [line] = lines_of(bring((DAY, "-312.50", "REFUND"), on=DAY).line_ids)
    act = Act(out.pk)
    settle_by_act(line.pk, desk="refund", act=act, on=DAY, by=people["max"])

    undo_clear(out, people["max"])

    [line] = lines_of([line.pk])
    assert (line.state, line.left) == ("open", -SUM)
    [offer] = view_of(line).acts
    assert offer.offer.subject_id == out.pk
    settle_by_act(line.pk, desk="refund", act=act, on=UNDONE_ON, by=people["max"])
    assert lines_of([line.pk])[0].state == "settled"
    desk.prove()


def test_the_line_is_unexplained_from_the_day_of_the_undoing_on(desk, people, out):  # noqa: F811
    from cleanclaim.apps.billing.deposits.daily import prove_day

    cleared(out, people["max"])
    [line] = lines_of(bring((DAY, "-312.50", f"REFUND {out.reference}"), on=DAY).line_ids)
    assert line.state == "settled"
    undo_clear(out, people["max"])

    assert [prove_day(day).money_out_open for day in (DAY, BETWEEN, UNDONE_ON)] == [0, 0, SUM]


@pytest.mark.parametrize("is_cleared", [True, False])
@pytest.mark.parametrize("has_line", [True, False])
def test_what_had_not_come_back_is_out_as_it_was(desk, people, out, is_cleared, has_line):  # noqa: F811
    if is_cleared:
        cleared(out, people["max"])
    line = brought("400.00") if has_line else None
    then, sums, before = standing(out), account_sums(), as_of(UNDONE_ON)
    for _ in range(2):
        came_back(out, people["max"], **({"bank_line_id": line.pk} if line else {}))
        undo_came_back(out, people["max"])

        assert standing(out) == then
        assert account_sums() == sums
        assert as_of(BETWEEN) == as_of(UNDONE_ON) == before
        if line:
            line.refresh_from_db()
            assert (line.left, line.state) == (Decimal("400.00"), "open")
        assert desk.work("refund") == []
    desk.prove()


def test_it_comes_back_in_truth_after_that_and_goes_out_anew(desk, people, check):  # noqa: F811
    came_back(check, people["max"], kind="undeliverable", words="moved")
    undo_came_back(check, people["max"])

    row = came_back(check, people["max"], kind="undeliverable", words="moved", on=UNDONE_ON)

    assert (row.state, row.came_back_on) == ("approved", UNDONE_ON)
    issue(row, people["max"], on=UNDONE_ON)
    cleared(row, people["max"], on=UNDONE_ON)
    assert account_sums() == {}
    desk.prove()


def test_what_went_on_since_is_not_undone(desk, people, check):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        cancel_refund,
        request_refund,
    )

    with pytest.raises(StateError, match="is issued, expected cleared"):
        undo_clear(check, people["max"])
    came_back(check, people["max"], kind="undeliverable", words="moved")
    cancel_refund(check.pk, words="not ours", on=BACK_ON, by=people["lee"])
    with pytest.raises(StateError, match="is identified, expected approved"):
        undo_came_back(check, people["max"])
    request_refund(check.pk, on=BACK_ON, by=people["ana"])
    approve_refund(check.pk, on=BACK_ON, by=people["lee"])
    with pytest.raises(StateError, match="did not come back since it was approved"):
        undo_came_back(check, people["max"])
    issue(check, people["max"], on=BACK_ON)
    cleared(check, people["max"], on=BACK_ON)
    came_back(check, people["max"], on=BACK_ON)
    with pytest.raises(StateError, match="is approved, expected cleared"):
        undo_clear(check, people["max"])
    undo_came_back(check, people["max"])
    undo_clear(check, people["max"])
    desk.prove()


def test_it_needs_a_reason_and_who_may_issue(desk, people, out):  # noqa: F811
    cleared(out, people["max"])
    with pytest.raises(InputError, match="the reason is empty"):
        undo_clear(out, people["max"], words=" ")
    with pytest.raises(PermissionRefusedError, match=r"refunds\.issue"):
        undo_clear(out, people["ana"])
    came_back(out, people["max"])
    with pytest.raises(InputError, match="the reason is empty"):
        undo_came_back(out, people["max"], words="")
    with pytest.raises(PermissionRefusedError, match=r"refunds\.issue"):
        undo_came_back(out, people["ana"])


def test_the_page_takes_both_back(practice, case):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import approve_refund, clear_refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk = case["refund"]
    with tenant(practice):
        issue(approve_refund(pk, on=DAY, by=case["lee"]), case["lee"])
        clear_refund(pk, on=DAY, by=case["lee"])
        came_back(Refund.objects.get(pk=pk), case["lee"], on=DAY)
    states = []
    with demo():
        client = browser(practice, "Billing lead")
        shown = client.get(f"/credits/{pk}/").content.decode()
        for verb in ("undo-came-back", "undo-clear"):
            client.post(f"/credits/{pk}/{verb}/", {"words": WRONG})
            with tenant(practice):
                states.append(Refund.objects.get(pk=pk).state)
        after = client.get(f"/credits/{pk}/").content.decode()

    assert states == ["cleared", "issued"]
    assert "It had not come back <kbd>z</kbd>" in shown
    assert f"1001 had not cleared the bank: {WRONG}" in after


@pytest.mark.parametrize("act", ["undo_clear", "came_back", "undo_came_back"])
def test_the_bank_is_locked_before_the_refund_is_read(desk, people, out, act):  # noqa: F811
    """As `settle_by_act` does, which has a refund cleared for a line: in two orders each would wait for the other."""
    cleared(out, people["max"])
    line = brought()
    acts = {
        "undo_clear": lambda: undo_clear(out, people["max"]),
        "came_back": lambda: came_back(out, people["max"], bank_line_id=line.pk),
        "undo_came_back": lambda: undo_came_back(out, people["max"]),
    }
    if act == "undo_came_back":
        acts["came_back"]()

    with touching("adjustments_refund") as found:
        acts[act]()

    assert found[0] == BANK
    assert "adjustments_refund" in found
