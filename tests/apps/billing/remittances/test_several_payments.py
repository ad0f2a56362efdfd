"""One file of several payments of which one is broken: the others post, and the mended file brings the rest."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.world import PAID_ON, TYPICAL, bytes_835, claim, pay, remittance

pytestmark = pytest.mark.database_core

NUMBERS = ("A1", "B1", "C1")


def payments():
    return [
        remittance(pay(claim(number), TYPICAL, number=f"P{number}"), trace=f"T-{number}")
        for number in NUMBERS
    ]


def messages(data: bytes) -> list[bytes]:
    """The file cut before each ST and behind the last SE."""
    cut, rest = [], data
    while (start := rest.find(b"ST*", 1)) >= 0:
        cut.append(rest[:start])
        rest = rest[start:]
    end = rest.index(b"GE*")
    return [*cut, rest[:end], rest[end:]]


def segments_without_count(message: bytes) -> bytes:
    start = message.index(b"SE*")
    return message[:start] + b"SE*999*" + message[start:].split(b"*", 2)[2]


BREAKS = {
    "the payment is out of balance": lambda m: m.replace(b"BPR*I*80", b"BPR*I*81", 1),
    "a line is out of balance": lambda m: m.replace(b"CAS*CO*45*30", b"CAS*CO*45*31", 1),
    "the claim is out of balance": lambda m: m.replace(b"*120*80*", b"*121*80*", 1),
    "SE counts other segments": segments_without_count,
    "a code that the guide does not have": lambda m: m.replace(b"CAS*CO*", b"CAS*XX*", 1),
    "an amount that is none": lambda m: m.replace(b"CAS*CO*45*30", b"CAS*CO*45*3O", 1),
    "the trace is missing": lambda m: (
        m[: m.index(b"TRN*")] + m[m.index(b"~", m.index(b"TRN*")) + 1 :]
    ),
    "its end is missing": lambda m: m[: m.index(b"SE*")],
}


@pytest.fixture
def booked(practice: int) -> int:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        Desk().take(*[claim(number) for number in NUMBERS])
    return practice


def post(practice: int, data: bytes, name: str):
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files

    [report] = post_files(practice, [Incoming(name, data)], posted_on=PAID_ON, by=None)
    return report


def open_amounts(practice: int) -> dict[str, Decimal]:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return dict(Claim.objects.values_list("control_number", "open_amount"))


@pytest.mark.parametrize("broken", BREAKS)
def test_the_broken_one_is_held_back_and_the_mended_file_brings_it_alone(
    booked: int, broken: str
) -> None:
    head, first, second, third, tail = messages(bytes_835(*payments()))
    data = head + first + BREAKS[broken](second) + third + tail

    report = post(booked, data, "broken.835")
    between = open_amounts(booked)
    mended = post(booked, bytes_835(*payments()), "mended.835")

    assert [one.trace for one in report.payments] == ["T-A1", "T-C1"]
    assert [one.state.value for one in report.payments] == ["posted", "posted"]
    assert len(report.faults) >= 1
    assert not report.is_clean
    assert between == {"A1": 0, "B1": Decimal("120.00"), "C1": 0}
    states = {one.trace: one.state.value for one in mended.payments}
    assert states == {"T-A1": "refused", "T-B1": "posted", "T-C1": "refused"}
    assert set(open_amounts(booked).values()) == {0}
    assert_books(booked)


def assert_books(practice: int) -> None:
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        assert prove().balanced
        assert account_balances()["asset:remit-clearing"] == Decimal("240.00")


def test_the_broken_file_again_changes_nothing_and_still_says_what_is_missing(booked: int) -> None:
    head, first, second, third, tail = messages(bytes_835(*payments()))
    data = head + first + BREAKS["the payment is out of balance"](second) + third + tail
    post(booked, data, "broken.835")

    again = post(booked, data, "broken.835")

    assert [one.state.value for one in again.payments] == ["already", "already"]
    assert len(again.faults) == 1
    assert open_amounts(booked)["B1"] == Decimal("120.00")


def test_a_held_second_payment_waits_alone_and_posts_when_its_rule_is_ended(booked: int) -> None:
    """Nothing is wrong with the file: an unknown PLB code holds the second payment."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule, approve_rule
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.rules.posting import PayerRule, RuleAction

    one, two, three = payments()
    with_allowance = remittance(*two.claims, trace=two.trace_number, plb=(("B3", "ALLOW", "5.00"),))
    report = post(booked, bytes_835(one, with_allowance, three), "held.835")
    with tenant(booked):
        rule = add_rule(
            PayerRule(0, 0, "PLB-B3", RuleAction.OTHER, PAID_ON, account="expense:payer-fees"),
            on=PAID_ON,
            by=1,
        )
        approve_rule(rule.pk, on=PAID_ON, by=2)
        held = Remittance.objects.get(trace_number=two.trace_number)
        done = post_remittance(held.pk, posted_on=PAID_ON, by=None)

    assert [one.state.value for one in report.payments] == ["posted", "held", "posted"]
    assert "B3" in report.payments[1].hold
    assert done.hold == ""
    assert set(open_amounts(booked).values()) == {0}


def test_several_payments_under_one_trace_number_are_kept_apart_by_amount(booked: int) -> None:
    one, two, _ = payments()
    denied = replace(
        two, claims=(pay(claim("B1"), ("0.00", (("CO", "45", "120.00"),))),), paid=Decimal("0.00"),
        method="NON", handling="H", trace_number=one.trace_number,
    )  # fmt: skip

    report = post(booked, bytes_835(one, denied), "same-trace.835")

    assert [one.state.value for one in report.payments] == ["posted", "posted"]


def test_the_mended_file_under_the_same_control_number_is_told_and_loses_nothing(
    booked: int,
) -> None:
    data = bytes_835(*payments())
    head, first, second, third, tail = messages(data)
    broken = head + first + BREAKS["the payment is out of balance"](second) + third + tail
    post(booked, broken, "broken.835")

    mended = post(booked, data, "mended.835")

    assert mended.payments == ()
    assert "came before with other bytes in file" in mended.message
    assert "A second person must release it." in mended.message
    assert open_amounts(booked) == {"A1": 0, "B1": Decimal("120.00"), "C1": 0}
