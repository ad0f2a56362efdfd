"""Claims to Medicare behind another payer: the reason, the amount agreed, value codes; written, checked and read again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cleanclaim.edi import Batch, Correspondent, Envelope, check, read_file, write_837i, write_837p
from cleanclaim.kernel.money import total
from cleanclaim.rules.cob import (
    NextCoverage,
    PayerAnswer,
    holder_of,
    next_claim,
    out_of_balance,
    second_reason,
)
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, Procedure, Subscriber
from cleanclaim.values.institutional import Institutional, Occurrence, ValueCode
from cleanclaim.values.party import Contact, Payer
from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing import world

PAID_ON = date(2026, 7, 8)
MEDICARE = NextCoverage(
    Payer("Medicare Administrative Contractor", "01112"),
    Subscriber(replace(world.CHIDI, member_id="1EG4TE5MK73"), "S", filing_indicator="MB"),
)
MEDIGAP = NextCoverage(
    Payer("Medigap Mutual", "MGM77"),
    Subscriber(replace(world.CHIDI, member_id="MG77"), "T", filing_indicator="CI"),
)
SENDER = Correspondent("HARBOR", "HARBOR", Contact("Billing", (("TE", "6145550100"),)))
ENVELOPE = Envelope("ZZ", "HARBOR", "ZZ", "MAC", 7, 7, 1, "T", PAID_ON, "0000", "HARBOR", "MAC")

# C08: charge 175.00, the group plan allows 150.00 and pays 120.00
C08 = ("120.00", (("CO", "45", "25.00"), ("PR", "2", "30.00")))


def professional(*charges: str) -> Claim:
    return world.claim("MSP-1", *(world.line(n, "99214", c) for n, c in enumerate(charges, 1)))


def institutional(*charges: str, **stay: object) -> Claim:
    lines = [
        world.line(n, "", c, revenue_code="0510", procedure=Procedure("99214"), unit="UN", pointers=(), place_of_service="")
        for n, c in enumerate(charges, 1)
    ]  # fmt: skip
    day = date(2026, 6, 20)
    made = Institutional(day, day, admission_type="3", patient_status="01", **stay)  # type: ignore[arg-type]
    return world.claim("MSP-2", *lines, institutional=made, facility_qualifier="A", place_of_service="13")  # fmt: skip


def answer(of: Claim, payment: ClaimPayment) -> PayerAnswer:
    return PayerAnswer(of.payer, holder_of(of), (payment,), PAID_ON)


def to_medicare(of: Claim, *rows: Any, reason: str = "12") -> Claim:
    return built(of, world.pay(of, *rows), reason=reason)


def built(of: Claim, payment: ClaimPayment, *, reason: str = "12") -> Claim:
    found = next_claim(of, [answer(of, payment)], MEDICARE, insurance_type=reason)
    assert found.claim is not None, found.problem
    assert out_of_balance(found.claim) == ""
    return back_from_file(found.claim)


def back_from_file(one: Claim) -> Claim:
    """The claim as its payer reads it; our own checks of the guide have nothing against the file."""
    write = write_837p if one.institutional is None else write_837i
    batch = Batch("B1", PAID_ON, SENDER, Correspondent(one.payer.name, one.payer.payer_id))
    data = write([one], envelope=ENVELOPE, batch=batch)
    found = check(data, levels=frozenset((1, 2, 3)))
    assert [str(f) for m in found.messages for f in m.findings if f.is_error] == []
    [back] = [c for message in read_file(data).messages for c in message.claims()]
    return back


def contracts(one: Claim) -> list[tuple[str, tuple[str, ...]]]:
    every = [*one.carried, *(c for line in one.lines for c in line.carried)]
    return [(c.loop, c.elements) for c in every if c.elements[0] == "CN1"]


def values(one: Claim) -> dict[str, Decimal]:
    assert one.institutional is not None
    return {v.code: v.amount for v in one.institutional.value_codes}


def test_a_professional_claim_tells_the_reason_and_the_amount_agreed_by_line() -> None:
    paid_in_full = ("60.00", (("CO", "45", "20.00"),))

    second = to_medicare(professional("175.00", "80.00"), C08, paid_in_full)

    assert second.subscriber.insurance_type == "12"
    # 175.00 - 25.00; the second line's 60.00 were paid in full
    assert contracts(second) == [("2400", ("CN1", "09", "150"))]


def test_without_lines_the_amount_agreed_stands_at_the_claim() -> None:
    of = professional("100.10", "74.90")
    whole = world.pay(of, ("100.10", ()), ("74.90", ()))
    rows = (("CO", "45", "25.00"), ("PR", "1", "29.99"), ("PR", "2", "0.01"))
    adjustments = tuple(Adjustment(Group(g), r, Decimal(a)) for g, r, a in rows)

    second = built(of, replace(whole, lines=(), paid=Decimal("120.00"), adjustments=adjustments))

    assert contracts(second) == [("2300", ("CN1", "09", "150"))]


def test_a_denial_agrees_to_nothing() -> None:
    second = to_medicare(professional("175.00"), ("0.00", (("CO", "96", "175.00"),)))

    assert contracts(second) == []


def test_an_institutional_claim_tells_it_by_value_codes() -> None:
    mine = (ValueCode("80", Decimal(3)), ValueCode("12", Decimal("9.99")))

    second = to_medicare(institutional("175.00", value_codes=mine), C08)

    assert second.subscriber.insurance_type == ""  # SBR05 is not used there
    assert values(second) == {"80": 3, "12": Decimal("120.00"), "44": Decimal("150.00")}
    assert second_reason(second) == "12"
    [first] = second.other_coverages
    assert first.paid == Decimal("120.00")


@pytest.mark.parametrize("reason", ["13", "14", "15", "41", "43", "47"])
def test_each_reason_has_the_value_code_of_its_number(reason: str) -> None:
    second = to_medicare(institutional("175.00"), C08, reason=reason)

    assert values(second) == {reason: Decimal("120.00"), "44": Decimal("150.00")}


def test_a_denial_of_the_whole_claim_tells_its_day() -> None:
    denied = to_medicare(
        institutional("175.00", occurrences=(Occurrence("11", date(2026, 6, 1)),)),
        ("0.00", (("CO", "96", "175.00"),)),
    )
    deductible = to_medicare(institutional("175.00"), ("0.00", (("PR", "1", "175.00"),)))

    assert values(denied) == {"12": 0}
    assert denied.institutional is not None and deductible.institutional is not None
    assert denied.institutional.occurrences[1:] == (Occurrence("24", PAID_ON),)
    assert (values(deductible), deductible.institutional.occurrences) == ({"12": 0}, ())


@pytest.mark.parametrize("make", [professional, institutional])
def test_the_third_payer_is_told_what_medicare_did_and_not_what_medicare_was_told(make) -> None:
    of = make("175.00")
    first = world.pay(of, C08)
    second = next_claim(of, [answer(of, first)], MEDICARE, insurance_type="43").claim
    assert second is not None
    medicare = world.pay(second, ("30.00", (("OA", "23", "145.00"),)), status="2", number="MAC1")

    found = next_claim(second, [answer(of, first), answer(second, medicare)], MEDIGAP)

    assert found.claim is not None, found.problem
    third = back_from_file(found.claim)
    assert (contracts(third), third.subscriber.insurance_type) == ([], "")
    assert [one.paid for one in third.other_coverages] == [Decimal("120"), Decimal("30")]
    at_lines = [[a.paid + total(x.amount for x in a.adjustments) for a in line.adjudications] for line in third.lines]  # fmt: skip
    assert at_lines == [[Decimal("175"), Decimal("175")]]
    if third.institutional is not None:
        assert values(third) == {}
    else:
        assert [one.subscriber.insurance_type for one in third.other_coverages] == ["", "43"]
