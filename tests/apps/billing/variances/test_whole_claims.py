"""Contracts that pay by the case: what each line should bring, and that the payer may divide it as it likes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.institutional import Institutional
from tests.apps.billing.conftest import Desk
from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.variances.test_later_payers import compare
from tests.apps.billing.world import DAY, claim, line, pay, remittance

pytestmark = pytest.mark.database_core

CASE = {"method": "case_rate", "amount": "1000.00", "codes": ["27447"], "clause": "knee"}


def knee(*more, control_number: str = "A1"):
    """900.00 and 300.00, so that 1,000.00 are shared 750.00 and 250.00."""
    return claim(control_number, line(1, "27447", "900.00"), line(2, "97110", "300.00"), *more)


def expected(claim_id: int) -> dict[int, tuple[str, int]]:
    """{line: (allowed, share group)} as it is now."""
    from cleanclaim.apps.billing.contracts.models import ExpectedLine

    rows = ExpectedLine.objects.filter(claim_id=claim_id).order_by("id")
    return {row.line_number: (str(row.allowed), row.share_group) for row in rows}


def found() -> list[tuple[str, str]]:
    from cleanclaim.apps.billing.variances.models import Variance

    compare()
    rows = Variance.objects.order_by("control_number", "line_number")
    return [(one.kind, str(one.amount)) for one in rows]


def words() -> list[str]:
    from cleanclaim.apps.billing.variances.models import Variance

    return list(
        Variance.objects.order_by("control_number", "line_number").values_list("words", flat=True)
    )


def test_the_lines_share_the_case_rate_when_they_are_booked(desk: Desk) -> None:
    put_on_record(terms=[CASE])

    [claim_id] = desk.take(knee())

    assert expected(claim_id) == {1: ("750.00", 1), 2: ("250.00", 1)}


def test_a_line_added_later_shares_what_the_others_had(desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.services import correct_claim

    put_on_record(terms=[CASE])
    [claim_id] = desk.take(knee())
    desk.accept(claim_id, "ICN1")

    correct_claim(claim_id, knee(line(3, "99213", "800.00")), on=DAY, by=None)

    # 1,000.00 x 9/20, 3/20, 8/20
    assert expected(claim_id) == {1: ("450.00", 1), 2: ("150.00", 1), 3: ("400.00", 1)}


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        # all of it on the first line, the second bundled into it
        (("1000.00", (("CO", "45", "-100.00"),)), ("0.00", (("CO", "97", "300.00"),)), [("exact", "0.00"), ("exact", "0.00")]),
        # divided in halves, 50.00 of it the patient's
        (("500.00", (("CO", "45", "400.00"),)), ("250.00", (("PR", "2", "50.00"),)), [("short", "200.00"), ("exact", "0.00")]),
        # 1,100.00 in all: too much stands on the line that got the most
        (("800.00", (("CO", "45", "100.00"),)), ("300.00", ()), [("over", "-100.00"), ("exact", "0.00")]),
        # nothing of it: both lines are denied by their shares
        (("0.00", (("CO", "197", "900.00"),)), ("0.00", (("CO", "197", "300.00"),)), [("denied", "750.00"), ("denied", "250.00")]),
    ],
)  # fmt: skip
def test_what_is_due_for_the_case_is_compared_in_sum(
    desk: Desk, first: tuple, second: tuple, kinds: list
) -> None:
    put_on_record(terms=[CASE])
    [claim_id] = desk.take(knee())
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(knee(), first, second), trace="T1"))

    assert found() == kinds


def test_the_queue_names_the_clause_with_the_arithmetic(desk: Desk) -> None:
    stop = {"threshold": "1000.00", "percent": 60, "pays": "excess", "clause": "outlier"}
    put_on_record(terms=[CASE], stop_loss=[stop])
    [claim_id] = desk.take(knee())
    desk.accept(claim_id, "ICN1")
    # 1,000.00 + (1,200.00 - 1,000.00) x 60 % = 1,120.00
    assert expected(claim_id) == {1: ("840.00", 1), 2: ("280.00", 1)}

    answer = pay(
        knee(), ("800.00", (("CO", "45", "100.00"),)), ("200.00", (("CO", "45", "100.00"),))
    )
    desk.post(remittance(answer, trace="T1"))

    assert found() == [("short", "120.00"), ("exact", "0.00")]
    assert words()[0] == (
        "paid as 1,000.00 a case without the stop loss, contract 1,000.00 a case + 60 % of the charges "
        "above 1,000.00 (COASTAL 2026, knee, outlier); for its lines together 1,120.00 is due, 1,000.00 was allowed"
    )


def test_a_day_rate_that_was_cut_says_so(desk: Desk) -> None:
    put_on_record(terms=[{"method": "per_diem", "codes": ["0120"], "clause": "rooms",
                          "tiers": [{"through_day": 1, "amount": "500"}, {"amount": "200"}]}])  # fmt: skip
    room = line(1, "", "1000.00", revenue_code="0120", quantity=Decimal(3), unit="DA")
    one = claim("A1", replace(room, procedure=replace(room.procedure, code="0120")))
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    assert expected(claim_id) == {1: ("900.00", 1)}  # 500.00 + 2 x 200.00

    desk.post(remittance(pay(one, ("700.00", (("CO", "45", "300.00"),))), trace="T1"))

    assert found() == [("short", "200.00")]
    assert words()[0].startswith(
        "paid as 700.00 for the stay, contract 500.00 a day to day 1, then"
    )


def test_a_modifier_that_the_payer_left_out_is_named(desk: Desk) -> None:
    put_on_record(
        terms=[{"method": "flat", "amount": "100.00", "clause": "exhibit A"}],
        modifiers=[{"modifier": "50", "percent": 150, "clause": "bilateral"}],
    )
    both = line(1, "20610", "400.00")
    one = claim("A1", replace(both, procedure=replace(both.procedure, modifiers=("50",))))
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, ("100.00", (("CO", "45", "300.00"),))), trace="T1"))

    assert found() == [("short", "50.00")]
    assert words() == [
        "paid as 100.00 flat without modifier 50, contract 100.00 flat x 150 % (modifier 50) "
        "(COASTAL 2026, exhibit A, bilateral)"
    ]


def test_a_contract_put_on_record_later_shares_the_case_anew(desk: Desk) -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    [claim_id] = desk.take(knee())
    assert expected(claim_id) == {}

    put_on_record(terms=[CASE])
    dispatch_events()
    assert expected(claim_id) == {1: ("750.00", 1), 2: ("250.00", 1)}

    put_on_record(terms=[{**CASE, "amount": "1200.00"}], edition="2", valid_from=date(2026, 6, 1))
    dispatch_events()
    assert expected(claim_id) == {1: ("900.00", 1), 2: ("300.00", 1)}


def test_what_is_written_for_the_next_edition_keeps_every_clause(inside: int) -> None:
    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.selectors import editions_of
    from cleanclaim.apps.billing.contracts.writing import as_yaml

    tiers = [{"through_day": 3, "amount": "2000"}, {"amount": "1500"}]
    put_on_record(
        terms=[
            {**CASE, "covers": "lines"},
            {"method": "per_diem", "codes": ["0120", "0200-0219"], "tiers": tiers},
            {"method": "flat", "amount": "5", "codes": ["C1776"], "carve_out": True},
        ],
        modifiers=[{"modifier": "AS", "percent": "13.6", "codes": ["27447"], "clause": "m"}],
        multiple_procedures=[{"percents": [100, 50, 25], "codes": ["20000-29999"], "clause": "r"}],
        stop_loss=[{"threshold": "1000.00", "percent": 60, "pays": "all", "codes": ["0120"]}],
    )

    [raw] = read_yaml(as_yaml(Contract.objects.get()))
    load_contract({**raw, "valid_from": date(2027, 1, 1)}, on=DAY)

    [[before, after]] = editions_of(Contract.objects.all()).values()
    assert replace(after.terms, edition=before.terms.edition) == before.terms


def test_codes_in_a_file_stay_as_they_are_written(template_database) -> None:
    from cleanclaim.apps.billing.contracts.loading import read_yaml

    [raw] = read_yaml("contracts: [{code: 0120, codes: [0120, 1e5, 12:30, 99213], days: 14}]")

    assert raw == {"code": "0120", "codes": ["0120", "1e5", "12:30", 99213], "days": 14}


@pytest.mark.parametrize(
    ("paid", "off", "kinds"),
    [
        ("240.00", "80.00", [("exact", "0.00"), ("exact", "0.00")]),  # 90.00 + 150.00
        ("200.00", "120.00", [("exact", "0.00"), ("short", "40.00")]),
    ],
)
def test_lines_that_the_payer_bundled_are_compared_in_sum(
    desk: Desk, paid: str, off: str, kinds: list
) -> None:
    put_on_record()  # 75 % of 120.00 and of 200.00
    one = claim("A1", line(1, "99213", "120.00"), line(2, "20610", "200.00"))
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    answer = pay(
        one,
        (paid, (("OA", "94", "-200.00"), ("CO", "45", off))),
        ("0.00", (("CO", "97", "200.00"),)),
    )
    into = replace(
        answer.lines[1], procedure=answer.lines[0].procedure, submitted=answer.lines[1].procedure
    )

    desk.post(remittance(replace(answer, lines=(answer.lines[0], into)), trace="T1"))

    assert found() == kinds
    if kinds[1][0] == "short":
        assert words()[1].endswith("for its lines together 240.00 is due, 200.00 was allowed")


def test_a_stay_is_paid_by_the_edition_of_its_admission(desk: Desk) -> None:
    put_on_record(terms=[CASE])
    put_on_record(terms=[{**CASE, "amount": "1200.00"}], edition="2", valid_from=date(2026, 6, 20))
    stay = Institutional(
        statement_from=date(2026, 6, 20),
        statement_to=date(2026, 6, 22),
        admitted_on=date(2026, 6, 18),
    )

    [claim_id] = desk.take(replace(knee(), institutional=stay))

    assert expected(claim_id) == {1: ("750.00", 1), 2: ("250.00", 1)}


def test_lines_before_and_after_a_new_edition_have_each_their_own(desk: Desk) -> None:
    put_on_record()
    put_on_record(
        terms=[{"method": "percent_of_charge", "rate": 50}],
        edition="2",
        valid_from=date(2026, 6, 21),
    )
    late = line(2, "97110", "300.00", service_from=date(2026, 6, 21))

    [claim_id] = desk.take(claim("A1", line(1), late))

    assert expected(claim_id) == {
        1: ("90.00", 0),
        2: ("150.00", 0),
    }  # 75 % of 120.00, 50 % of 300.00
