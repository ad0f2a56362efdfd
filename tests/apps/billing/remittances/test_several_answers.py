"""Several answers to one claim: what one denied stays work until somebody answers just that; whose, and how old it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.party import Payer
from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.claims.payers import (
    MEDICAID,
    answered,
    from_payer,
    negated,
    send_next,
    two_payers,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, PAYER, claim, line, pay, remittance

pytestmark = pytest.mark.database_core

TWO = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
DENIED = ("0.00", (("CO", "197", "100.00"),))
PAID = ("30.00", (("CO", "45", "20.00"),))


def part(number: int, answer: tuple, *, icn: str = "ICN1") -> ClaimPayment:
    """The payer's answer to one line alone, as a claim payment of its own."""
    one = replace(TWO, lines=(TWO.lines[number - 1],), charge=TWO.lines[number - 1].charge)
    return pay(one, answer, number=icn)


def taken(desk: Desk) -> int:
    [claim_id] = desk.take(TWO)
    desk.accept(claim_id, "ICN1")
    return claim_id


def open_denials(desk: Desk) -> list[Decimal]:
    return [one.amount for kind in ("denial", "partial") for one in desk.work(kind)]


@pytest.mark.parametrize("parts", [((1, DENIED), (2, PAID)), ((2, PAID), (1, DENIED))])
def test_of_a_claim_answered_in_two_parts_the_denied_one_is_work(
    inside: int, desk: Desk, parts: tuple
) -> None:
    claim_id = taken(desk)

    desk.post(remittance(*(part(number, answer) for number, answer in parts)))

    assert open_denials(desk) == [Decimal("100.00")]
    assert desk.row(claim_id).state == "partial"
    desk.prove()


def test_a_later_answer_to_another_line_leaves_the_denial_open(inside: int, desk: Desk) -> None:
    claim_id = taken(desk)
    desk.post(remittance(part(1, DENIED)))

    desk.post(remittance(part(2, PAID), trace="T2"))

    assert open_denials(desk) == [Decimal("100.00")]
    assert desk.row(claim_id).state == "partial"


def test_a_later_answer_to_the_denied_line_closes_its_work(inside: int, desk: Desk) -> None:
    claim_id = taken(desk)
    desk.post(remittance(part(1, DENIED), part(2, PAID)))

    desk.post(remittance(part(1, ("80.00", (("CO", "45", "20.00"),))), trace="T2"))

    assert open_denials(desk) == []
    assert desk.row(claim_id).state == "closed"
    desk.prove()


def test_a_denial_that_the_payer_takes_back_is_no_work_any_more(inside: int, desk: Desk) -> None:
    taken(desk)
    desk.post(remittance(part(1, DENIED), part(2, PAID)))

    desk.post(remittance(negated(part(1, DENIED)), trace="T2"))

    assert open_denials(desk) == []


def test_the_answers_own_twin_without_the_question_would_close_it(
    inside: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.apps.billing.remittances.services import settling
    from cleanclaim.apps.billing.remittances.still_open import StillOpen

    taken(desk)
    desk.post(remittance(part(1, DENIED)))
    monkeypatch.setattr(settling, "still_open", lambda places, **_: StillOpen())

    desk.post(remittance(part(2, PAID), trace="T2"))

    assert open_denials(desk) == []


def test_what_goes_on_to_a_second_payer_with_a_denial_is_work_after_its_answer(
    inside: int, desk: Desk
) -> None:
    """The first denied a line; sent on by hand the whole is asked of the second, which pays nothing on it."""
    from cleanclaim.apps.billing.claims.services.next_payer import bill_next_payer
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances

    one = two_payers()
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    first = pay(one, ("65.60", (("CO", "45", "53.00"), ("PR", "2", "66.40"))), ("0.00", (("CO", "197", "210.00"),)))  # fmt: skip
    desk.post(remittance(first, trace="T1"))
    bill_next_payer(claim_id, on=PAID_ON, by=1)
    assert bucket_balances() == {"payer:2": Decimal("276.40")}
    send_next(claim_id)

    second = pay(one, ("60.00", (("OA", "23", "118.60"), ("PR", "2", "6.40"))), ("0.00", (("OA", "23", "210.00"),)), number="MCD1", status="2")  # fmt: skip
    desk.post(from_payer(MEDICAID, second, "T2"))

    assert [one.amount for one in desk.work("underpaid")] == [Decimal("210.00")]
    assert bucket_balances() == {"payer:2": Decimal("210.00"), "patient": Decimal("6.40")}


def test_the_second_payers_allowance_is_taken_back_as_it_was_posted(
    inside: int, desk: Desk
) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    before = desk.buckets(), desk.row(claim_id).contractual
    second = pay(
        one,
        ("66.40", (("OA", "23", "65.60"), ("CO", "45", "53.00"))),
        ("20.00", (("OA", "23", "108.80"), ("CO", "45", "81.20"))),
        number="MCD1",
        status="2",
    )
    desk.post(from_payer(MEDICAID, second, "T2"))
    # 53.00 and 74.00 are the first payer's; of the second's only 7.20 was open.
    assert desk.row(claim_id).contractual == Decimal("134.20")
    assert desk.buckets() == {}
    assert desk.work("credit_balance") == []

    payer = from_payer(MEDICAID, second, "T3").payer
    back = remittance(negated(second), trace="T3", plb=(("FB", "F1", "-86.40"),))
    desk.post(replace(back, payer=payer))

    assert (desk.buckets(), desk.row(claim_id).contractual) == before
    desk.prove()


@pytest.mark.parametrize("left_to_patient", [True, False])
def test_what_a_reversal_gives_back_ages_on_from_where_it_was(
    inside: int, desk: Desk, left_to_patient: bool
) -> None:
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.shared.ledger.selectors import responsible_buckets

    one = claim("A1", line(1, "99213", "120.00"))
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    [item] = [line.item_id for line in charges_of([claim_id])[claim_id]]
    opened = responsible_buckets([item])[item]
    answer = ("80.00", (("CO", "45", "20.00"), ("PR", "2", "20.00")))
    if not left_to_patient:
        answer = ("100.00", (("CO", "45", "20.00"),))
    paid = pay(one, answer)
    desk.post(remittance(paid))
    with_patient = responsible_buckets([item])[item]
    back = remittance(negated(paid), trace="T2", plb=(("FB", "F1", str(-paid.paid)),))

    desk.post(replace(back, paid_on=date(2026, 9, 1)))
    given_back = responsible_buckets([item])[item]

    assert given_back == opened
    assert (given_back.bucket, given_back.since) == ("payer:1", date(2026, 6, 20))
    if left_to_patient:
        assert with_patient.since == PAID_ON


def test_a_correction_in_the_same_payment_does_not_make_the_patients_part_young(
    inside: int, desk: Desk
) -> None:
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.shared.ledger.selectors import responsible_buckets

    one = claim("A1", line(1, "99213", "120.00"))
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    [item] = [line.item_id for line in charges_of([claim_id])[claim_id]]
    paid = pay(one, ("80.00", (("CO", "45", "20.00"), ("PR", "2", "20.00"))))
    corrected = pay(one, ("85.00", (("CO", "45", "20.00"), ("PR", "2", "15.00"))), number="ICN2")
    desk.post(remittance(paid))

    desk.post(replace(remittance(negated(paid), corrected, trace="T2"), paid_on=date(2026, 9, 1)))

    now = responsible_buckets([item])[item]
    assert (now.bucket, now.since) == ("patient", PAID_ON)
    assert desk.buckets() == {"patient": Decimal("15.00")}


STRANGER = Payer("Other Mutual", "OM7")


def by_number_alone(member: str) -> ClaimPayment:
    """A payment under a control number that is none of ours, with the payer's number of our claim."""
    one = claim("A1", line(1, "99213", "120.00"))
    paid = pay(one, ("80.00", (("CO", "45", "20.00"), ("PR", "2", "20.00"))), number="ICN1")
    assert paid.patient is not None
    return replace(paid, control_number="UNKNOWN", patient=replace(paid.patient, member_id=member))


@pytest.mark.parametrize(
    ("payer", "member", "is_posted"),
    [(PAYER, "OTHER9", True), (STRANGER, "MBR001", True), (STRANGER, "OTHER9", False)],
)
def test_a_payers_number_alone_finds_a_claim_of_that_payer_or_that_member(
    inside: int, desk: Desk, payer: Payer, member: str, is_posted: bool
) -> None:
    [claim_id] = desk.take(claim("A1", line(1, "99213", "120.00")))
    desk.accept(claim_id, "ICN1")

    [done] = desk.post(from_payer(payer, by_number_alone(member), "T1"))

    assert (done.posted, done.held) == ((1, 0) if is_posted else (0, 1))
    if not is_posted:
        from cleanclaim.apps.billing.remittances.models import RemittanceClaim

        assert "another payer" in RemittanceClaim.objects.get().hold


def test_a_payment_taken_back_and_posted_again_stands_once_on_every_day(
    inside: int, desk: Desk
) -> None:
    """The first posting counts until it was taken back: as of a day between, the second would stand beside it."""
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting
    from cleanclaim.apps.reports.aging.questions import View, aging
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances

    taken(desk)
    [done] = desk.post(remittance(part(2, PAID)))
    back_on = date(2026, 9, 1)
    reverse_posting(done.remittance_id, on=back_on, reason="wrong file", by=1)

    post_remittance(done.remittance_id, posted_on=date(2026, 9, 3), by=1)

    for day in (PAID_ON, date(2026, 8, 1), back_on, date(2026, 9, 3)):
        assert bucket_balances(effective_on=day) == {"payer:1": Decimal("100.00")}, day
        assert sum(row.open + row.credit for row in aging(View(on=day))) == Decimal("100.00")
    desk.prove()
