"""My day: the queue as a page, one item beside it, and what can be done with it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client, override_settings
from django.utils import timezone

pytestmark = pytest.mark.database_core
DEMO = override_settings(KIND="demo", BIND="127.0.0.1")


@pytest.fixture
def marcus(practice):
    """A biller's browser, with three items in the queue."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join
    from cleanclaim.apps.shared.work.services import NewWork, open_work

    user = add_user(email="marcus@harbor.example", name="Marcus Webb", is_demo=True)
    membership = join(
        user, Organization.objects.get(pk=practice), ensure_default_roles()["Practice biller"]
    )
    today = timezone.localdate()
    with tenant(practice):
        open_work(
            NewWork(
                kind="denial",
                subject_kind="claim",
                subject_id=number,
                title="Denial",
                reason="CO-197 no authorization",
                opened_on=today,
                amount=Decimal(f"{number}00.50"),
                due_on=today + timedelta(days=2),
                patient_id=number,
                patient_name=f"Tran, Minh {number}",
            )
            for number in (1, 2, 3)
        )
    client = Client(raise_request_exception=False)
    with DEMO:
        client.post("/demo-sign-in/", {"membership": membership.pk})
        yield client


def _items(practice: int) -> list:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    with tenant(practice):
        return list(WorkItem.objects.order_by("id"))


def test_the_queue_shows_the_best_first_with_totals(marcus) -> None:
    page = marcus.get("/my-day/").content.decode()

    assert "3 to do, 601.50 at stake, 3 with a deadline this week" in page
    assert page.index("Tran, Minh 3") < page.index("Tran, Minh 1")
    assert "3 shown of 3" in page


def test_every_patient_on_the_page_is_audited(marcus, practice) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    marcus.get("/my-day/")

    with tenant(practice):
        assert sorted(AuditEvent.objects.values_list("patient_id", flat=True)) == [1, 2, 3]


def test_a_rank_opens_its_arithmetic(marcus, practice) -> None:
    item = _items(practice)[0]

    page = marcus.get(f"/my-day/{item.pk}/why/").content.decode()

    assert "urgency (2 days left)" in page
    assert "100.50 × 0.55 × 3.0 ÷ 4" in page
    assert "41.46" in page


def test_an_item_is_taken_finished_and_brought_back(marcus, practice) -> None:
    item = _items(practice)[0]

    marcus.post(f"/my-day/{item.pk}/take/")
    done = marcus.post(f"/my-day/{item.pk}/finish/", {"outcome": "Sent again", "kind": "denial"})
    assert done["Location"] == "/my-day/?kind=denial"
    assert _items(practice)[0].state == "done"
    beside = marcus.get(f"/my-day/{item.pk}/").content.decode()
    marcus.post(f"/my-day/{item.pk}/undo/")

    assert "finished Sent again (Marcus Webb)" in beside
    assert _items(practice)[0].state == "open"
    assert _items(practice)[0].owner is not None


def test_an_item_is_put_to_sleep(marcus, practice) -> None:
    item = _items(practice)[0]
    tomorrow = timezone.localdate() + timedelta(days=1)

    wrong = marcus.post(f"/my-day/{item.pk}/snooze/", {"until": "soon"})
    marcus.post(f"/my-day/{item.pk}/snooze/", {"until": tomorrow.isoformat()})

    assert wrong.status_code == 400
    assert "expected a day like" in wrong.content.decode()
    assert "2 to do" in marcus.get("/my-day/").content.decode()


def test_the_selected_are_finished_together(marcus, practice) -> None:
    ids = [item.pk for item in _items(practice)]
    finish = {"do": "finish", "outcome": "Paid by phone"}

    nothing = marcus.post("/my-day/selected/", finish)
    marcus.post("/my-day/selected/", {**finish, "row": ids[:2]})
    again = marcus.post("/my-day/selected/", {**finish, "row": ids})

    assert nothing.status_code == 400
    assert again.status_code == 409
    assert [item.state for item in _items(practice)] == ["done", "done", "open"]


def test_the_selected_are_taken_and_put_away_together(marcus, practice) -> None:
    ids = [item.pk for item in _items(practice)]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    marcus.post("/my-day/selected/", {"do": "take", "row": ids[:2]})
    marcus.post("/my-day/selected/", {"do": "snooze", "until": tomorrow, "row": ids[1:]})
    wrong = marcus.post("/my-day/selected/", {"do": "sell", "row": ids})

    assert [item.owner is None for item in _items(practice)] == [False, False, True]
    assert [item.state for item in _items(practice)] == ["open", "snoozed", "snoozed"]
    assert wrong.status_code == 400


def test_the_last_step_can_be_taken_back_once(marcus, practice) -> None:
    ids = [item.pk for item in _items(practice)]
    offer = "Undo the last step"

    marcus.post("/my-day/selected/", {"do": "finish", "outcome": "Paid", "row": ids[:2]})
    offered, later = (marcus.get("/my-day/").content.decode() for _ in range(2))
    undone = marcus.post("/my-day/undo/", {"row": ids[:2], "kind": "denial"})
    again = marcus.post("/my-day/undo/", {"row": ids[:2]})
    marcus.post(f"/my-day/{ids[2]}/finish/", {"outcome": "Paid"})
    after_one = marcus.get("/my-day/").content.decode()

    assert (offer in offered, offer in later, offer in after_one) == (True, False, True)
    assert undone["Location"] == "/my-day/?kind=denial"
    assert again.status_code == 409
    assert [item.state for item in _items(practice)] == ["open", "open", "done"]


def test_filters_and_export_give_the_same_items(marcus) -> None:
    page = marcus.get("/my-day/?q=Minh+2").content.decode()

    assert "Tran, Minh 2" in page
    assert "Tran, Minh 3" not in page
    assert marcus.get("/my-day/?kind=gardening").status_code == 400
    assert marcus.get("/my-day/?mine=1").content.decode().count("data-row=") == 0
    assert marcus.get("/my-day/?xlsx=1")["Content-Disposition"].endswith('"work.xlsx"')


def test_unknown_items_and_verbs_change_nothing(marcus, practice) -> None:
    item = _items(practice)[0]

    assert marcus.post("/my-day/999999/take/").status_code == 404
    assert marcus.post(f"/my-day/{item.pk}/burn/").status_code == 400
    assert marcus.get(f"/my-day/{item.pk}/take/").status_code == 405
