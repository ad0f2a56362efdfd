"""The provider's own record of contracts: editions, obligations, fee schedules, and the price of each line."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.world import DAY, claim, line

pytestmark = pytest.mark.database_core


def expected(claim_id: int) -> list[tuple[str, str, str]]:
    from cleanclaim.apps.billing.contracts.models import ExpectedLine

    rows = ExpectedLine.objects.filter(claim_id=claim_id).order_by("id")
    return [(row.edition, str(row.allowed), row.clause) for row in rows]


def test_a_line_keeps_what_it_should_bring_when_it_is_booked(desk):
    put_on_record()

    [claim_id] = desk.take(claim("A1"))

    assert expected(claim_id) == [("2026", "90.00", "exhibit A")]  # 120.00 x 75 %


def test_a_line_without_a_contract_expects_nothing(desk):
    [claim_id] = desk.take(claim("A1"))

    assert expected(claim_id) == []


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2025, 12, 31), None),  # the day before the first edition
        (date(2026, 1, 1), "2026"),
        (date(2026, 5, 31), "2026"),  # the last day of the edition
        (date(2026, 6, 1), "2026 amended"),
        (date(2026, 8, 31), "2026 amended"),
        (date(2026, 9, 1), None),  # the contract has ended
    ],
)
def test_the_edition_of_the_day_of_service_prices(desk, day, edition):
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.services import end_contract

    put_on_record()
    put_on_record(edition="2026 amended", valid_from=date(2026, 6, 1))
    end_contract(Contract.objects.get().pk, on=date(2026, 9, 1), reason="Not renewed", today=DAY)

    [claim_id] = desk.take(claim("A1", line(service_from=day)), on=date(2026, 10, 1))

    assert [one[0] for one in expected(claim_id)] == ([edition] if edition else [])


def test_a_contract_of_the_billing_provider_goes_before_one_for_all(desk):
    put_on_record()
    put_on_record(
        code="OWN", edition="own", provider_npi="1234567893",
        terms=[{"method": "flat", "amount": "50.00"}],
    )  # fmt: skip
    put_on_record(
        code="OTHER", edition="other", provider_npi="1999999984",
        terms=[{"method": "flat", "amount": "10.00"}],
    )  # fmt: skip

    [claim_id] = desk.take(claim("A1"))

    assert expected(claim_id) == [("own", "50.00", "")]


def test_the_same_edition_with_other_terms_is_refused(inside):
    first = put_on_record()

    assert put_on_record().pk == first.pk
    with pytest.raises(StateError, match="on record with other terms"):
        put_on_record(terms=[{"method": "percent_of_charge", "rate": 80}])


def test_a_contract_stays_with_its_payer(inside):
    put_on_record()

    with pytest.raises(InputError, match="is with Coastal Alliance Health Plan"):
        put_on_record(edition="next", payer={"id": "OTHER", "name": "Other plan"})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"terms": []}, "no terms"),
        ({"valid_to": date(2026, 1, 1)}, "not after its first day"),
        ({"valid_from": "soon"}, "expected a day"),
        ({"tolerance": "0.001"}, "whole cents"),
        ({"payer": "Coastal"}, "payer is missing"),
        ({"prices": []}, "unknown key 'prices'"),
    ],
)
def test_a_wrong_contract_is_refused_by_name(inside, more, words):
    with pytest.raises(InputError, match=words):
        put_on_record(**more)


def test_a_file_that_is_no_yaml_names_its_line(template_database):
    from cleanclaim.apps.billing.contracts.loading import read_yaml

    with pytest.raises(InputError, match="line 3"):
        read_yaml("contracts:\n  - {code: A\n")
    with pytest.raises(InputError, match="`contracts` is missing"):
        read_yaml("terms: []")


def test_an_obligation_is_work_until_it_is_met(desk):
    from cleanclaim.apps.billing.contracts.models import Obligation
    from cleanclaim.apps.billing.contracts.services import finish_obligation

    put_on_record(obligations=[{"words": "Give notice", "due_on": "2026-12-01", "clause": "14.2"}])
    put_on_record(obligations=[{"words": "Give notice", "due_on": "2026-12-01", "clause": "14.2"}])

    [work] = desk.work("obligation")
    assert (work.reason, work.due_on) == ("Give notice (COASTAL, 14.2)", date(2026, 12, 1))

    finish_obligation(Obligation.objects.get().pk, on=DAY, by=None)
    assert desk.work("obligation") == []
    with pytest.raises(StateError, match="was done on"):
        finish_obligation(Obligation.objects.get().pk, on=DAY, by=None)


def test_a_fee_schedule_comes_whole_or_not_at_all(inside):
    from cleanclaim.apps.billing.contracts.services import import_fees
    from cleanclaim.apps.shared.reference.models import Edition, FeeRow

    first = date(2026, 1, 1)
    good = "code,modifier,amount\n99213,,80.00\n99999012301,,0.5100\n"
    with pytest.raises(InputError, match="line 3: amount 'many'"):
        import_fees(good.replace("0.5100", "many"), name="ppo", release="Q1", valid_from=first)
    assert not Edition.objects.filter(name="ppo").exists()

    import_fees(good, name="ppo", release="Q1", valid_from=first)
    assert FeeRow.objects.filter(edition__name="ppo").count() == 2
    with pytest.raises(StateError, match="loaded already"):
        import_fees(good, name="ppo", release="Q1", valid_from=first)


def test_a_term_by_fee_schedule_prices_by_the_edition_in_force(desk):
    from cleanclaim.apps.billing.contracts.services import import_fees

    import_fees(
        "code,modifier,amount\n99213,,80.00\n", name="ppo", release="Q1",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    put_on_record(terms=[{"method": "fee_schedule", "schedule": "ppo", "rate": 110}])

    [claim_id] = desk.take(claim("A1"))

    assert expected(claim_id) == [("2026", "88.00", "")]  # 80.00 x 110 %


def test_what_is_written_for_the_next_edition_reads_back(inside):
    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.selectors import editions_of
    from cleanclaim.apps.billing.contracts.writing import as_yaml, new_yaml

    terms = [
        {"method": "fee_schedule", "schedule": "ppo", "codes": ["99202-99215", "J*", "G0438"]},
        {
            "method": "lesser_of",
            "clause": "generics",
            "options": [
                {"method": "awp_discount", "discount": 85, "drugs": "generic"},
                {"method": "per_unit", "amount": "1.2345"},
            ],
        },
    ]
    put_on_record(terms=terms, pays_lesser_of_charge=False, tolerance="1.00")

    [raw] = read_yaml(as_yaml(Contract.objects.get()))
    load_contract({**raw, "valid_from": date(2027, 1, 1)}, on=DAY)

    [[before, after]] = editions_of(Contract.objects.all()).values()
    assert after.terms.edition == "2026 changed"
    assert after.terms.terms == before.terms.terms
    assert after.terms.pays_lesser_of_charge is False
    assert read_yaml(new_yaml(DAY))[0]["terms"]


def test_a_payer_without_a_contract_is_named(desk):
    from cleanclaim.apps.billing.contracts.selectors import payers_without_contract

    desk.take(claim("A1"))
    assert [payer.name for payer in payers_without_contract()] == ["Coastal Alliance Health Plan"]

    put_on_record()
    assert payers_without_contract() == []
