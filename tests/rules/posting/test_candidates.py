"""A held payment's candidates are ranked by what they have in common with it, and say so; nothing else is offered."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cleanclaim.rules.posting.candidates import ClaimFacts, scored
from cleanclaim.values.party import Person
from tests.rules import make

DAY = date(2026, 11, 9)
ROSA = Person("DELGADO", "ROSA", member_id="BH100200300")
PAYMENT = replace(
    make.payment({"lines": [{"code": "99213", "charge": "125.00", "paid": "100.00", "adjustments": [["CO", "45", "25.00"]]}]}),
    control_number="HFM-20261",
    patient=ROSA,
)  # fmt: skip


def facts(key: int, **more: object) -> ClaimFacts:
    same = ClaimFacts(key, "HFM-20261", "Delgado, Rosa", "BH100200300", DAY, Decimal("125.00"))
    return replace(same, **more)  # type: ignore[arg-type]


def test_the_likeliest_comes_first_with_its_reasons() -> None:
    found = scored(
        PAYMENT,
        [
            facts(1, control_number="ZZZ", name="Delgado, Rosa", service_from=date(2025, 1, 1)),
            facts(2, control_number="HFM-20261A"),
            facts(3, control_number="QQQ", name="Miller, Tom", member_id="X", charge=Decimal(1)),
        ],
    )

    assert [one.key for one in found] == [2, 1]
    assert found[0].reasons == (
        "control number cut short: HFM-20261A",
        "same patient's name",
        "same member number",
        "same day of service, 2026-11-09",
        "same charge, 125.00",
    )
    assert found[0].score > found[1].score


def test_a_typing_error_in_a_name_still_counts() -> None:
    [found] = scored(PAYMENT, [facts(1, name="Delgato, Rosa", control_number="QQQ")])

    assert "patient's name alike" in found.reasons


def test_the_name_as_the_payer_corrected_it_counts() -> None:
    payment = replace(PAYMENT, patient=Person("UNKNOWN", "X"), corrected_patient=ROSA)

    [found] = scored(payment, [facts(1)])

    assert "same patient's name as the payer corrected it" in found.reasons


def test_days_apart_are_counted_as_people_say_them() -> None:
    one, two = (
        scored(PAYMENT, [facts(1, service_from=date(2026, 11, day))])[0] for day in (10, 11)
    )

    assert "1 day apart" in one.reasons
    assert "2 days apart" in two.reasons


def test_a_day_alone_makes_no_candidate() -> None:
    stranger = facts(1, control_number="QQQ", name="Miller, Tom", member_id="X", charge=Decimal(1))

    assert scored(PAYMENT, [stranger]) == []


def test_a_settled_claim_stands_behind_an_open_one() -> None:
    found = scored(PAYMENT, [facts(1, is_open=False), facts(2)])

    assert [one.key for one in found] == [2, 1]
    assert "nothing is open on it" in found[1].reasons
