"""Taking a whole load back needs two persons, as posting it does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.opening.test_opening import (
    approve,
    ask,
    balances,
    load,
    named,
    post,
    take_back,
)
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core


def test_whoever_asked_does_not_approve(inside, desk) -> None:
    load_id = load()
    post(load_id)
    ask(load_id, by=2)

    with pytest.raises(StateError, match=f"taking load {load_id} back was asked for by you"):
        approve(load_id, by=2)

    assert balances()["receivable:payer:1"] == Decimal("270.00")


def test_the_database_holds_the_second_person_by_itself(inside, desk, monkeypatch) -> None:
    """The twin: without the service's own check the constraint refuses."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.billing.opening import undoing

    monkeypatch.setattr(undoing, "_refuse_own", lambda row, by: None)
    load_id = load()
    post(load_id)
    ask(load_id, by=2)

    with (
        pytest.raises(IntegrityError, match="opening_load_undone_by_second"),
        transaction.atomic(),
    ):
        approve(load_id, by=2)

    assert balances()["receivable:payer:1"] == Decimal("270.00")


def test_nothing_is_taken_back_that_nobody_asked_for(inside, desk) -> None:
    load_id = load()
    with pytest.raises(StateError, match=f"load {load_id} is to be approved"):
        ask(load_id)
    post(load_id)

    with pytest.raises(StateError, match=f"nobody asked to take load {load_id} back"):
        approve(load_id)


def test_it_is_asked_once_and_with_a_reason(inside, desk) -> None:
    from cleanclaim.apps.billing.opening.undoing import ask_undo

    load_id = load()
    post(load_id)
    with pytest.raises(InputError, match="reason: empty"):
        ask_undo(load_id, by=2, reason=" ")
    ask(load_id, by=2)

    with pytest.raises(StateError, match="is asked for already"):
        ask(load_id, by=3)


def test_a_load_that_is_kept_can_be_asked_for_again(inside, desk) -> None:
    from cleanclaim.apps.billing.opening.undoing import keep_load

    load_id = load()
    post(load_id)
    with pytest.raises(StateError, match="nobody asked"):
        keep_load(load_id, by=3)
    ask(load_id, by=2)
    keep_load(load_id, by=3)
    with pytest.raises(StateError, match="nobody asked"):
        approve(load_id)

    take_back(load_id)

    assert not balances()


def test_who_asked_and_who_kept_it_stay_told(inside, desk) -> None:
    from cleanclaim.apps.billing.opening.models import KeptLoad
    from cleanclaim.apps.billing.opening.undoing import keep_load

    load_id = load()
    post(load_id)
    ask(load_id, by=2)
    keep_load(load_id, by=3)
    ask(load_id, by=4)
    keep_load(load_id, by=4)

    found = KeptLoad.objects.filter(load_id=load_id).order_by("id")

    assert [(one.asked_by, one.kept_by, bool(one.reason)) for one in found] == [
        (2, 3, True),
        (4, 4, True),
    ]


def test_the_close_waits_for_the_decision_and_the_population_names_both(inside, desk) -> None:
    from cleanclaim.apps.reports.closing.checks import checklist
    from cleanclaim.apps.reports.closing.population import approvals

    load_id = load()
    post(load_id, by=2)
    month = timezone.localdate().replace(day=1)

    def undecided() -> str:
        return next(one for one in checklist(month) if one.name == "approvals").result.words

    assert undecided() == "0 requests not decided"
    ask(load_id, by=2)
    assert undecided() == "1 request not decided"
    approve(load_id, by=3)
    assert undecided() == "0 requests not decided"

    today = timezone.localdate()
    found = approvals(today - timedelta(days=1), today + timedelta(days=1))
    [one] = [one for one in found if one.kind == "Opening balances taken back"]
    assert (one.prepared_by, one.approved_by, one.is_apart) == (2, 3, True)


def test_nobody_has_work_with_what_was_taken_back(inside, desk) -> None:
    from cleanclaim.apps.shared.work.services import NewWork, open_work

    load_id = load()
    post(load_id)
    claim_id = named("F-1").pk
    asked = NewWork(
        kind="missing_payment", subject_kind="claim", subject_id=claim_id, title="Not remitted: F-1",
        reason="due by contract", opened_on=PAID_ON, dedupe_key="missing:F-1",
    )  # fmt: skip
    open_work([asked])

    take_back(load_id)

    assert desk.work("missing_payment") == []
