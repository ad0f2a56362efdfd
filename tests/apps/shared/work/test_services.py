"""Work is opened once, taken by one person, put away, finished and brought back."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError

pytestmark = pytest.mark.database_core
DAY = date(2026, 11, 23)


@pytest.fixture
def people(database) -> tuple[int, int]:
    """Two users' ids."""
    from cleanclaim.apps.shared.users.services import add_user

    return (
        add_user(email="ann@example.test", name="Ann Abel").pk,
        add_user(email="bea@example.test", name="Bea Benn").pk,
    )


@pytest.fixture
def inside(practice):
    """The practice's tenant."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(practice)


def _request(subject_id: int = 1, **changes):
    from cleanclaim.apps.shared.work.services import NewWork

    values = {
        "kind": "denial",
        "subject_kind": "claim",
        "subject_id": subject_id,
        "title": "Denial",
        "reason": "CO-197 no authorization on claim",
        "opened_on": DAY,
        "amount": Decimal("640.00"),
    }
    return NewWork(**values | changes)


def _open(inside, *requests) -> list[int]:
    from cleanclaim.apps.shared.work.services import open_work

    with inside():
        return open_work(requests or [_request()])


def _item(inside, item_id: int):
    from cleanclaim.apps.shared.work.models import WorkItem

    with inside():
        return WorkItem.objects.get(pk=item_id)


def test_the_same_work_is_opened_once_and_brought_up_to_date(inside) -> None:
    [first] = _open(inside)

    [second] = _open(inside, _request(amount=Decimal("600.00")))

    assert first == second
    assert _item(inside, first).amount == Decimal("600.00")
    assert _item(inside, first).rank == Decimal("82.50")  # 600.00 x 0.55 x 1.0 / 4


def test_the_same_key_twice_in_one_batch_is_one_item(inside) -> None:
    assert len(_open(inside, _request(), _request(amount=Decimal("1.00")), _request(2))) == 2


def test_a_thousand_items_open_in_one_statement(inside) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.shared.work.services import open_work

    with inside(), CaptureQueriesContext(connection) as queries:
        ids = open_work([_request(number) for number in range(1000)])

    assert len(ids) == 1000
    assert len([one for one in queries if "INSERT" in one["sql"]]) == 1


def test_what_a_person_finished_stays_finished(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import finish

    [item_id] = _open(inside)
    with inside():
        finish(item_id, outcome="Authorization added", by=people[0])

    assert _open(inside) == []
    assert _item(inside, item_id).state == "done"


def test_what_the_system_closed_opens_again(inside) -> None:
    from cleanclaim.apps.shared.work.services import close_work

    [item_id] = _open(inside)
    with inside():
        closed = close_work("denial", subject_kind="claim", subject_ids=[1], outcome="Paid")
    assert (closed, _item(inside, item_id).state) == (1, "done")

    assert _open(inside) == [item_id]
    assert _item(inside, item_id).state == "open"
    assert _item(inside, item_id).outcome == ""


def test_an_item_has_one_owner(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import give, take

    [item_id] = _open(inside)
    with inside():
        take(item_id, by=people[0])

    with pytest.raises(StateError, match="is with Ann Abel"), inside():
        take(item_id, by=people[1])
    with inside():
        give(item_id, owner=people[1], by=people[0])
        assert take(item_id, by=people[1]).owner == people[1]


def test_of_eight_people_at_once_one_gets_the_item(inside, people) -> None:
    from django.db import connection

    from cleanclaim.apps.shared.users.services import add_user
    from cleanclaim.apps.shared.work.services import take

    [item_id] = _open(inside)
    crowd = [add_user(email=f"p{n}@example.test", name=f"P {n}").pk for n in range(8)]
    won, lost = [], []

    def grab(user: int) -> None:
        try:
            with inside():
                take(item_id, by=user)
            won.append(user)
        except StateError:
            lost.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=grab, args=[user]) for user in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 7)
    assert _item(inside, item_id).owner == won[0]


def test_a_snoozed_item_sleeps_until_its_day(inside, people) -> None:
    from cleanclaim.apps.shared.work.selectors import Filters, queue
    from cleanclaim.apps.shared.work.services import snooze

    [item_id] = _open(inside)
    with inside():
        snooze(item_id, until=DAY + timedelta(days=3), on=DAY, by=people[0])

        assert queue(Filters(), on=DAY + timedelta(days=2)) == []
        assert [item.pk for item in queue(Filters(), on=DAY + timedelta(days=3))] == [item_id]


@pytest.mark.parametrize(
    ("until", "words"),
    [(DAY, "expected a day after"), (DAY + timedelta(days=6), "the item is due on 2026-11-28")],
)
def test_an_item_does_not_sleep_past_its_due_day(inside, people, until, words) -> None:
    from cleanclaim.apps.shared.work.services import snooze

    [item_id] = _open(inside, _request(due_on=DAY + timedelta(days=5)))

    with pytest.raises(InputError, match=words), inside():
        snooze(item_id, until=until, on=DAY, by=people[0])


def test_many_are_finished_together_or_not_at_all(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import finish

    ids = _open(inside, *[_request(number) for number in range(3)])
    with inside():
        assert finish(ids[:2], outcome="Paid by phone", by=people[0]) == 2

    with pytest.raises(StateError, match=f"work item {ids[0]} is done already"), inside():
        finish(ids, outcome="Paid by phone", by=people[0])

    assert [_item(inside, one).state for one in ids] == ["done", "done", "open"]


def test_an_outcome_is_asked_for(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import finish

    [item_id] = _open(inside)

    with pytest.raises(InputError, match="the outcome is empty"), inside():
        finish(item_id, outcome="  ", by=people[0])


def test_undo_brings_back_what_stood_before(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import finish, snooze, take, undo

    [item_id] = _open(inside)
    with inside():
        take(item_id, by=people[0])
        snooze(item_id, until=DAY + timedelta(days=1), on=DAY, by=people[0])
        finish(item_id, outcome="Done by mistake", by=people[0])
        item = undo(item_id, by=people[0])

    assert (item.state, item.owner) == ("snoozed", people[0])
    assert item.snoozed_until == DAY + timedelta(days=1)
    assert item.outcome == ""
    assert item.touches == 4


def test_nobody_undoes_anothers_step(inside, people) -> None:
    from cleanclaim.apps.shared.work.services import finish, undo

    [item_id] = _open(inside)
    with inside():
        finish(item_id, outcome="Paid", by=people[0])

    with pytest.raises(StateError, match="Ann Abel has changed it since"), inside():
        undo(item_id, by=people[1])


def test_ranks_follow_the_day(inside) -> None:
    from cleanclaim.apps.shared.work.services import rank_again

    [item_id] = _open(inside, _request(due_on=DAY + timedelta(days=10)))
    assert _item(inside, item_id).rank == Decimal("105.60")  # 640 x 0.55 x 1.2 / 4

    with inside():
        assert rank_again(on=DAY + timedelta(days=9)) == 1
        assert rank_again(on=DAY + timedelta(days=9)) == 0

    assert _item(inside, item_id).rank == Decimal("264.00")  # x 3.0
    assert _item(inside, item_id).rank_steps[2] == ["urgency (1 day left)", "3.0"]


def test_the_other_tenant_sees_no_work(inside, plan) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    _open(inside)

    with tenant(plan):
        assert not WorkItem.objects.exists()
