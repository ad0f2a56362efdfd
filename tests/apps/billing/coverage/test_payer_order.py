"""The order of a patient's payers: from the facts on the coverages, by page and by API, and what claims make of it."""

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    DELGADO,
    MEDICAID,
    two_payers,
    value_of,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAYER, pay, remittance

pytestmark = pytest.mark.database_core
SERVICE = date(2026, 6, 20)


def cover(payer, **facts):
    from cleanclaim.apps.billing.coverage.models import Coverage

    Coverage.objects.filter(payer__payer_id=payer.payer_id).update(**facts)
    return Coverage.objects.get(payer__payer_id=payer.payer_id)


def order(patient_id: int, on: date = SERVICE):
    from cleanclaim.apps.billing.coverage.ordering import order_of

    found = order_of(patient_id, on=on)
    return [one.payer.name for one in found.coverages], found


def taken(desk: Desk, **facts):
    (claim_id,) = desk.take(two_payers())
    patient_id = desk.row(claim_id).patient_id
    return claim_id, patient_id


def test_what_is_not_known_is_asked_and_the_entered_order_stands(inside: int, desk: Desk) -> None:
    _, patient_id = taken(desk)

    names, found = order(patient_id)

    assert names == [PAYER.name, MEDICAID.name]
    assert not found.is_decided
    assert found.ranking.asks == (f"{PAYER.name}, {MEDICAID.name}: since when is each in force?",)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({"employment": "retired"}, {"employment": "active"}, "By active employment"),
        ({"employment": "cobra"}, {"employment": "active"}, "By active employment"),
        ({"valid_from": date(2025, 1, 1)}, {"valid_from": date(2019, 1, 1)}, "In force longer"),
        ({"filing_indicator": "MC"}, {"plan_kind": "group"}, "Medicaid pays last"),
        ({"relationship": "01"}, {"relationship": "18"}, "The patient's own coverage"),
        (
            {"relationship": "19", "is_decreed": False},
            {"relationship": "19", "is_decreed": True},
            "A court made this parent responsible",
        ),
        (
            {"relationship": "19", "custody": "other"},
            {"relationship": "19", "custody": "custodial"},
            "By custody",
        ),
        (
            {"plan_kind": "medicare", "entitlement": "age"},
            {"employment": "active", "employees": 20},
            "Medicare is second",
        ),
    ],
)
def test_the_facts_of_coverages_make_the_order(
    inside: int, desk: Desk, first: dict, second: dict, words: str
) -> None:
    _, patient_id = taken(desk)
    cover(PAYER, **first)
    cover(MEDICAID, **second)

    names, found = order(patient_id)

    assert names == [MEDICAID.name, PAYER.name]
    assert found.ranking.order[0].words.startswith(words)


def test_medicare_second_by_the_facts_says_why_on_the_claim(inside: int, desk: Desk) -> None:
    (claim_id,) = desk.take(two_payers())
    cover(PAYER, employment="active", employees=250)
    cover(MEDICAID, filing_indicator="MB", entitlement="disability")
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(two_payers(), *DELGADO), trace="T1"))

    made = value_of(claim_id)
    assert (made.subscriber.payer_order, made.subscriber.insurance_type) == ("S", "43")


def test_a_claim_that_went_to_the_wrong_payer_first_asks(inside: int, desk: Desk) -> None:
    (claim_id,) = desk.take(two_payers())
    cover(PAYER, employment="retired")
    cover(MEDICAID, employment="active")
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(two_payers(), *DELGADO), trace="T1"))

    assert desk.row(claim_id).payer_name == PAYER.name
    assert work_kinds(claim_id) == ["next_payer"]
    [item] = desk.work("next_payer")
    assert "comes before" in item.reason
    assert "By active employment" in item.reason


def test_a_person_says_another_order_and_undoes_it(practice: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.models import PayerOrder
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        _, patient_id = taken(desk)
        first = cover(PAYER, employment="active", employees=30).pk
        second = cover(MEDICAID, employment="retired").pk
    with demo():
        client = browser(practice, "Practice biller")
        address = f"/patients/{patient_id}/payers/"
        before = client.get(address, {"on": "2026-06-20"}).content.decode()
        turned = {f"place-{first}": "2", f"place-{second}": "1", "valid_from": "2026-06-01"}
        refused = client.post(f"{address}say/", {**turned, "reason": ""})
        same = client.post(f"{address}say/", {**turned, f"place-{second}": "2", "reason": "x"})
        kept = client.post(f"{address}say/", {**turned, "reason": "letter of the plan"})
        after = client.get(address, {"on": "2026-06-20"}).content.decode()
        with tenant(practice):
            assert order(patient_id)[0] == [MEDICAID.name, PAYER.name]
            assert order(patient_id, date(2026, 5, 31))[0] == [PAYER.name, MEDICAID.name]
        back = {"do": "rules", "valid_from": "2026-06-01", "reason": "the letter was wrong"}
        undone = client.post(f"{address}say/", back)

    assert "MDL-120 section 6A(3)" in before
    assert (refused.status_code, same.status_code) == (400, 400)
    assert (kept.status_code, undone.status_code) == (302, 302)
    assert "As a person said: letter of the plan" in after
    with tenant(practice):
        assert order(patient_id)[0] == [PAYER.name, MEDICAID.name]
        assert PayerOrder.objects.filter(patient_id=patient_id).count() == 2


def test_an_order_of_others_coverages_is_refused(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.ordering import say_order

    _, patient_id = taken(desk)
    pk = cover(PAYER).pk

    for wrong in ([], [pk], [pk, pk], [pk, 999_999]):
        with pytest.raises(InputError, match="expected each of the 2"):
            say_order(patient_id, wrong, valid_from=SERVICE, reason="why", by=None)


def test_an_order_that_a_person_said_sends_the_claim_on(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.coverage.ordering import say_order

    second = replace(AS_SECOND, subscriber=replace(AS_SECOND.subscriber, filing_indicator="12"))
    one = replace(two_payers(), other_coverages=(second,))
    (claim_id,) = desk.take(one)
    ids = [cover(PAYER).pk, cover(MEDICAID).pk]
    patient_id = desk.row(claim_id).patient_id
    say_order(patient_id, ids, valid_from=SERVICE, reason="told by both plans", by=None)
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, *DELGADO), trace="T1"))

    assert desk.row(claim_id).payer_name == MEDICAID.name


def test_the_form_keeps_the_facts(practice: int, desk: Desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        _, patient_id = taken(desk)
        row = cover(PAYER)
    given = {
        "payer": row.payer_id, "payer_order": "P", "member_id": row.member_id, "relationship": "18",
        "filing_indicator": "CI", "plan_kind": "group", "employment": "active", "employees": "19",
        "is_decreed": "no", "valid_from": "2020-01-01", "custody": "together",
    }  # fmt: skip
    with demo():
        client = browser(practice, "Practice biller")
        address = f"/patients/{patient_id}/coverage/{row.pk}/"
        kept = client.post(address, given)
        shown = client.get(address).content.decode()
        wrong = client.post(address, {**given, "employees": "-1"})

    assert (kept.status_code, wrong.status_code) == (302, 422)
    assert 'value="19"' in shown and 'data-key="F8">It ended today' in shown
    with tenant(practice):
        now = cover(PAYER)
        assert (now.plan_kind, now.employment, now.employees) == ("group", "active", 19)
        assert (now.is_decreed, now.valid_from, now.custody) == (
            False, date(2020, 1, 1), "together",
        )  # fmt: skip


def test_a_day_before_the_rules_asks_and_fails_nothing(practice: int, desk: Desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        _, patient_id = taken(desk)
    with demo():
        client = browser(practice, "Practice biller")
        address = f"/patients/{patient_id}/payers/"
        early = client.get(address, {"on": "1996-01-01"})
        nonsense = client.get(address, {"on": "tomorrow"})

    assert (early.status_code, nonsense.status_code) == (200, 400)
    assert "The rules on record begin on 1997-08-05" in early.content.decode()


def test_who_is_liable_for_an_injury_stops_no_other_claim(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.questions import usable_coverages

    (claim_id,) = desk.take(two_payers())
    cover(MEDICAID, filing_indicator="AM")
    desk.accept(claim_id, "ICN1")
    patient_id = desk.row(claim_id).patient_id
    assert order(patient_id)[0] == [MEDICAID.name, PAYER.name]
    entry = [one.payer.name for one in usable_coverages(patient_id, on=SERVICE)]

    desk.post(remittance(pay(two_payers(), *DELGADO), trace="T1"))

    assert entry == [PAYER.name, MEDICAID.name]
    assert desk.row(claim_id).payer_name == MEDICAID.name
