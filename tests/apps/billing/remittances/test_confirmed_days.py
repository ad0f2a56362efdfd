"""A payment whose day (BPR16) cannot be meant is held until a person says that it is right, or which one is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def live():
    """Pages at which demo people sign in."""
    from tests.apps.billing.desks import demo

    with demo():
        yield


FAR = date(2028, 7, 8)


@pytest.fixture
def held(inside):
    """A remittance of a day two years ahead, which was held when somebody posted it; its id."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances import services

    import_claims([claim("A1")], source_file_id=7, received_on=DAY)
    value = replace(remittance(pay(claim("A1"), TYPICAL)), paid_on=FAR)
    [pk] = services.receive_remittances(receive_835(value), received_on=PAID_ON).ids
    assert "days ahead" in services.post_remittance(pk, posted_on=PAID_ON).hold
    assert row(pk).state == "held"
    return pk


def row(pk: int):
    from cleanclaim.apps.billing.remittances.models import Remittance

    return Remittance.objects.get(pk=pk)


def confirm(pk: int, day: date | None = None, reason: str = "called the payer"):
    from cleanclaim.apps.billing.remittances import services

    return services.confirm_day(pk, day=day, reason=reason, on=PAID_ON, by=5)


def post(pk: int):
    from cleanclaim.apps.billing.remittances import services

    return services.post_remittance(pk, posted_on=PAID_ON)


def open_holds() -> int:
    from cleanclaim.apps.shared.work.models import WorkItem

    return WorkItem.objects.filter(kind="unposted").exclude(state="done").count()


@pytest.mark.parametrize("day", [None, PAID_ON, PAID_ON - timedelta(days=3)])
def test_confirmed_or_corrected_it_posts(held, day):
    assert open_holds() == 1

    said = confirm(held, day)
    done = post(held)

    assert (done.posted, done.hold) == (1, "")
    assert (said.said_on, said.day, row(held).paid_on) == (FAR, day or FAR, day or FAR)
    assert open_holds() == 0


@pytest.mark.parametrize("day", [None, PAID_ON, PAID_ON - timedelta(days=3)])
def test_whichever_day_one_person_says_the_proof_that_two_sign_holds_the_same_money(held, day):
    """The word moves no amount: it stands on the day of posting, which two persons sign."""
    from cleanclaim.apps.billing.deposits.daily import prove_day

    confirm(held, day)
    post(held)
    found = prove_day(PAID_ON)

    assert [f"{one:.2f}" for one in (found.remitted, found.posted, found.bank)] == [
        "80.00",
        "80.00",
        "0.00",
    ]
    assert [(one.kind, f"{one.amount:.2f}") for one in found.bank_items] == [
        ("awaiting its money", "-80.00")
    ]
    assert found.is_proved


def test_without_the_look_at_what_was_confirmed_it_stays_held(held, monkeypatch):
    """The twin."""
    from cleanclaim.apps.billing.remittances import plans

    confirm(held)
    monkeypatch.setattr(plans, "with_confirmed_day", lambda row, head, on: head)

    assert "days ahead" in post(held).hold


def test_taken_back_it_is_held_again_and_can_be_said_anew(held):
    from cleanclaim.apps.billing.remittances import services

    confirm(held, PAID_ON)
    with pytest.raises(StateError, match="confirmed already"):
        confirm(held)
    services.undo_day(held, by=6)

    assert row(held).paid_on == FAR
    assert "days ahead" in post(held).hold
    confirm(held, PAID_ON)
    post(held)
    with pytest.raises(StateError, match="posted"):
        services.undo_day(held, by=6)
    story = row(held).day_confirmations.order_by("id").values_list("made_by", "undone_by")
    assert list(story) == [(5, 6), (5, None)]


def test_a_day_that_cannot_be_meant_either_or_no_reason_is_refused(held):
    with pytest.raises(InputError, match="cannot be meant either"):
        confirm(held, date(2027, 12, 1))
    with pytest.raises(InputError, match="cannot be meant either"):
        confirm(held, date(1980, 1, 1))
    with pytest.raises(InputError, match="reason is empty"):
        confirm(held, PAID_ON, reason=" ")

    assert row(held).state == "held"


def test_a_day_that_nobody_asks_about_is_not_confirmed(inside):
    from cleanclaim.apps.billing.remittances import services

    file = receive_835(remittance(pay(claim("A1"), TYPICAL)))
    [pk] = services.receive_remittances(file, received_on=PAID_ON).ids

    with pytest.raises(StateError, match="asked about by nobody"):
        confirm(pk)


@pytest.mark.parametrize("day", [FAR, PAID_ON])
def test_corrected_it_is_known_by_both_days(held, day):
    """The payer sends it again as it was, or with the right day: refused both times."""
    from cleanclaim.apps.billing.remittances import services

    confirm(held, PAID_ON)
    again = replace(remittance(pay(claim("A1"), TYPICAL)), paid_on=day)

    received = services.receive_remittances(receive_835(again), received_on=PAID_ON)

    assert [one.first_id for one in received.refused] == [held]


def test_the_day_of_another_payment_of_the_trace_is_refused(held):
    from cleanclaim.apps.billing.remittances import services

    other = remittance(pay(claim("A1"), TYPICAL))
    [first] = services.receive_remittances(receive_835(other), received_on=PAID_ON).ids

    with pytest.raises(StateError, match=f"remittance {first} has the same payer"):
        confirm(held, PAID_ON)


def test_by_the_page(live, practice):
    from django.utils import timezone

    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.desks import browser

    far = timezone.localdate() + timedelta(days=800)
    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
        value = replace(remittance(pay(claim("A1"), TYPICAL)), paid_on=far)
        [pk] = services.receive_remittances(receive_835(value), received_on=PAID_ON).ids
    biller = browser(practice, "Practice biller")
    page = f"/remittances/{pk}/"

    asked = biller.get(page).content.decode()
    assert "Confirm the day" in asked
    assert '<label for="day" data-key="d">' in asked
    assert f"{far:%b} {far.day}, {far.year}<" in asked  # in the strip, with its year
    assert biller.post(f"{page}day/", {"reason": "x", "day": "31/12/2026"}).status_code == 400
    biller.post(f"{page}day/", {"reason": "called the payer", "day": f"{timezone.localdate()}"})

    shown = biller.get(page).content.decode()
    assert "called the payer" in shown
    assert "Cannot be posted" not in shown
    biller.post(f"{page}day/undo/")
    assert b"Confirm the day" in biller.get(page).content
