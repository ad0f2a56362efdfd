"""Contract files and days that nobody expects: refused by name, or priced right when the missing piece comes."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.contracts.test_contracts import expected
from tests.apps.billing.world import DAY, claim, line, pay, remittance

pytestmark = pytest.mark.database_core

FILE = """contracts:
  - code: C1
    name: Name
    payer: {id: P1, name: Payer}
    valid_from: 2026-01-01
    terms: [{method: percent_of_charge, rate: 70}]
"""


def load(text: str):
    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml

    return [load_contract(raw, on=DAY) for raw in read_yaml(text)]


def dispatch() -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    dispatch_events()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("name: Name", "name: a\0b", "special characters are not allowed"),
        ("2026-01-01", "2026-13-01", "month must be in 1..12"),
        ("2026-01-01", "2026-01-01 10:00:00", "expected a day without an hour"),
        ("name: Name", 'name: "a\\0b"', "cannot be kept"),
        ("name: Name", 'name: "\\ud800"', "cannot be kept"),
        ("code: C1", "code: [1, 2]", "code is a list"),
        ("name: Name", "name: Name\n    name: Other", "key 'name' comes twice"),
        ("name: Name", "name: Name\n    tolerance: 99999999999999", "whole cents"),
        ("name: Name", "name: Name\n    provider_npi: 12345678901234", "ten digits of an NPI"),
        ("name: Name", f"name: {'[' * 2000}{']' * 2000}", "maximum recursion depth"),
        ("rate: 70", "rate: 70, codes: 99213", "expected a list"),
        ("rate: 70", "rate: 1e30", "percent at most"),
        ("rate: 70", "rate:", "rate is empty, expected a value"),
        ("rate: 70", "rate: 70, codes:", "codes is empty, expected a value"),
        ("rate: 70", "amount: 70", "amount is not read by it, only by flat"),
        ("rate: 70", "rate: 70, schedule: ppo", "schedule is not read by it"),
        ("2026-01-01", "9999-12-31", "expected a year from 1900 to 2999"),
        ("2026-01-01", "0001-01-01", "expected a year from 1900 to 2999"),
    ],
)
def test_an_odd_contract_file_is_refused_in_words(
    inside: int, before: str, after: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        load(FILE.replace(before, after))


def test_the_same_contract_twice_is_one(inside: int) -> None:
    twice = FILE + FILE.partition("\n")[2]

    assert len({one.pk for one in load(twice)}) == 1
    assert load(FILE.replace("rate: 70", "rate: 70.0"))[0].edition == "Name"


def test_a_fee_that_no_column_holds_is_refused(inside: int) -> None:
    from cleanclaim.apps.billing.contracts.services import import_fees

    with pytest.raises(InputError, match="expected dollars such as 12"):
        import_fees(
            "code,modifier,amount\n99213,,1e30\n", name="ppo", release="1",
            valid_from=date(2026, 1, 1),
        )  # fmt: skip


def test_lines_are_priced_when_the_fee_schedule_comes_after_the_contract(desk) -> None:
    from cleanclaim.apps.billing.contracts.services import import_fees

    put_on_record(terms=[{"method": "percent_of_medicare", "rate": 120}])
    [claim_id] = desk.take(claim("A1"))
    dispatch()
    assert expected(claim_id) == []

    import_fees(
        "code,modifier,amount\n99213,,80.00\n", name="medicare-office", release="1",
        valid_from=date(2026, 1, 1), on=DAY,
    )  # fmt: skip
    dispatch()

    assert expected(claim_id) == [("2026", "96.00", "")]  # 80.00 x 120 %


@pytest.mark.parametrize(
    ("units", "allowed"),
    [("0", []), ("0.5", ["40.00"]), ("1.333", ["106.64"]), ("1000000", ["120.00"])],
)
def test_units_that_are_none_or_a_part_or_very_many(desk, units: str, allowed: list) -> None:
    from cleanclaim.apps.billing.contracts.services import import_fees

    import_fees(
        "code,modifier,amount\n99213,,80.00\n", name="ppo", release="1",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    put_on_record(terms=[{"method": "fee_schedule", "schedule": "ppo"}])

    [claim_id] = desk.take(claim("A1", line(quantity=Decimal(units))))

    assert [one[1] for one in expected(claim_id)] == allowed


def test_the_end_of_a_contract_recorded_late_withdraws_what_was_expected(desk) -> None:
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.selectors import expected_of
    from cleanclaim.apps.billing.contracts.services import end_contract
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.billing.variances.selectors import expected_contractual

    put_on_record()
    early = claim("A1", line(service_from=date(2026, 5, 31)))
    late = claim("A2", line(service_from=date(2026, 6, 1), control_number="L2"))
    kept, gone = desk.take(early, late)
    estimate = expected_contractual(as_of=DAY)[0].contractual
    end_contract(Contract.objects.get().pk, on=date(2026, 6, 1), reason="Letter", today=DAY)
    dispatch()

    assert expected(kept) == [("2026", "90.00", "exhibit A")]
    assert expected(gone) == [("2026", "90.00", "exhibit A"), ("", "None", "")]
    items = [one.item_id for one in desk_lines(gone)]
    assert expected_of(items) == {}
    # 30.00 a line before; only the early one is left
    assert (estimate, expected_contractual(as_of=DAY)[0].contractual) == (60, 30)

    desk.accept(gone, "ICN2")
    desk.post(remittance(pay(late, ("50.00", (("CO", "45", "70.00"),)), number="ICN2"), trace="T1"))
    dispatch()
    assert not Variance.objects.filter(claim_id=gone).exists()


def desk_lines(claim_id: int):
    from cleanclaim.apps.billing.charges.selectors import charges_of, of_version

    return of_version(charges_of([claim_id])[claim_id], 0)
