"""What an earlier payer's changed answer, or a later payer's odd one, does to the claim, its money and its patient."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.cob import out_of_balance
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    AS_THIRD,
    DELGADO,
    MEDICAID,
    answered,
    from_payer,
    negated,
    part_of,
    proved,
    send_next,
    two_payers,
    value_of,
    work_kinds,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import DAY, PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
BETTER = ("85.60", (("CO", "45", "53.00"), ("PR", "2", "46.40")))  # 20.00 more than before
WHOLE = (("66.40", (("OA", "23", "118.60"),)), ("27.20", (("OA", "23", "182.80"),)))


def second(one, *rows, trace: str = "T2", number: str = "MCD1"):
    return from_payer(MEDICAID, pay(one, *rows, number=number, status="2"), trace)


def change_primary(desk: Desk, one) -> None:
    corrected = pay(one, BETTER, DELGADO[1], number="ICN2")
    desk.post(remittance(negated(pay(one, *DELGADO)), corrected, trace="T9"))


def send_corrected(claim_id: int) -> str:
    from cleanclaim.apps.billing.claims.services.following import send_corrected as send

    return send(claim_id, on=PAID_ON, by=None)


def number_told(claim_id: int, number: str) -> None:
    """The second payer took the claim in under its own number."""
    from cleanclaim.apps.billing.claims.models import Claim

    Claim.objects.filter(pk=claim_id).update(payer_control_number=number, state="accepted")


def test_a_corrected_claim_goes_to_the_second_payer_by_one_key(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    number_told(claim_id, "MCD77")
    change_primary(desk, one)
    assert desk.row(claim_id).version == 2  # never by itself
    assert work_kinds(claim_id) == ["next_payer"]

    assert send_corrected(claim_id) == "ready"

    made, row = value_of(claim_id), desk.row(claim_id)
    assert (made.frequency_code, made.original_payer_number) == ("7", "MCD77")
    assert [o.paid for o in made.other_coverages] == [Decimal("194.40")]
    assert out_of_balance(made) == ""
    assert (row.version, row.payer_name, row.open_amount) == (3, MEDICAID.name, Decimal("73.60"))
    assert work_kinds(claim_id) == []
    with pytest.raises(StateError, match="nothing to correct"):
        send_corrected(claim_id)
    assert proved() == []


def test_a_corrected_claim_that_waits_follows_the_next_change_and_stays_there(
    inside: int, desk: Desk
) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    number_told(claim_id, "MCD77")
    change_primary(desk, one)
    send_corrected(claim_id)

    corrected = pay(one, BETTER, DELGADO[1], number="ICN2")
    last = pay(one, *DELGADO, number="ICN3")
    desk.post(remittance(negated(corrected), last, trace="T10", plb=(("FB", "F1", "-20.00"),)))

    assert desk.row(claim_id).payer_name == MEDICAID.name
    assert work_kinds(claim_id) == ["next_payer"]
    assert send_corrected(claim_id) == "ready"
    assert [o.paid for o in value_of(claim_id).other_coverages] == [Decimal("174.40")]
    assert desk.buckets() == {"payer:2": Decimal("93.60")}


def test_without_the_payers_number_nothing_is_corrected(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    change_primary(desk, one)

    with pytest.raises(StateError, match="no control number of its own"):
        send_corrected(claim_id)


def test_the_same_answer_given_anew_asks_for_nothing(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)

    again = pay(one, *DELGADO, number="ICN2")
    desk.post(remittance(negated(pay(one, *DELGADO)), again, trace="T9"))

    assert work_kinds(claim_id) == []
    assert desk.buckets() == {"payer:2": Decimal("93.60")}


def test_the_page_sends_it_with_one_key(practice: int, desk: Desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        claim_id, one = answered(desk)
        send_next(claim_id)
        number_told(claim_id, "MCD77")
        change_primary(desk, one)
    with demo():
        client = browser(practice, "Practice biller")
        address = f"/claims/{claim_id}/payers/"
        before = client.get(address).content.decode()
        assert client.post(f"{address}corrected/").status_code == 302
        after = client.get(address).content.decode()
        twice = client.post(f"{address}corrected/")

    assert 'data-key="c">Send State Medicaid a corrected claim' in before
    assert "was told an answer that no longer stands" in before
    assert "a corrected claim <kbd>c" not in after
    assert twice.status_code == 409


def test_the_third_payer_is_not_billed_on_an_answer_that_was_overtaken(
    inside: int, desk: Desk
) -> None:
    lines = (line(1, "99214", "185.00"), line(2, "20610", "210.00"))
    one = claim("A1", *lines, other_coverages=(AS_SECOND, AS_THIRD))
    claim_id, _ = answered(desk, one)
    send_next(claim_id)
    rest = (("40.00", (("OA", "23", "118.60"), ("PR", "2", "26.40"))),
            ("20.00", (("OA", "23", "182.80"), ("CO", "45", "7.20"))))  # fmt: skip
    desk.post(second(one, *rest))
    assert desk.row(claim_id).payer_order == "T"

    change_primary(desk, one)

    assert desk.row(claim_id).payer_name == MEDICAID.name
    assert work_kinds(claim_id) == ["next_payer"]
    found = part_of(desk, claim_id)
    assert [answer.payer.name for answer in found.chain.stages()][1:] == [MEDICAID.name]
    assert (found.owed.patient, found.part.billable) == (Decimal("6.40"), 0)
    send_corrected(claim_id)
    assert [o.paid for o in value_of(claim_id).other_coverages] == [Decimal("194.40"), None]
    assert proved() == []


def test_a_second_payer_leaves_the_patient_no_more_than_the_first_did(
    inside: int, desk: Desk
) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)
    own = (("0.00", (("OA", "23", "65.60"), ("PR", "1", "119.40"))),
           ("0.00", (("OA", "23", "108.80"), ("PR", "1", "101.20"))))  # fmt: skip

    desk.post(second(one, *own))

    row, found = desk.row(claim_id), part_of(desk, claim_id)
    assert (row.patient_owes, row.open_amount) == (Decimal("93.60"), 0)
    assert (found.owed.patient, found.part.billable) == (Decimal("93.60"), Decimal("93.60"))
    assert "53.00 of that was not left by the payer before" in str(found.owed.lines[0].steps)
    assert proved() == []


def test_a_second_payer_that_pays_too_much_leaves_a_credit(inside: int, desk: Desk) -> None:
    claim_id, one = answered(desk)
    send_next(claim_id)

    desk.post(second(one, ("80.00", (("OA", "23", "105.00"),)), WHOLE[1]))

    found = part_of(desk, claim_id)
    assert "paid 13.60 more than was left: a credit" in str(found.owed.lines[0].steps)
    assert desk.buckets() == {"payer:2": Decimal("-13.60")}


def test_a_claim_answered_in_two_parts_is_one_answer(inside: int, desk: Desk) -> None:
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    whole = pay(one, *DELGADO)
    parts = [
        replace(
            whole,
            lines=(part,),
            charge=part.charge,
            paid=part.paid,
            patient_responsibility=Decimal(owed),
            payer_control_number=number,
        )
        for part, owed, number in zip(
            whole.lines, ("66.40", "27.20"), ("ICN1", "ICN1B"), strict=True
        )
    ]

    desk.post(remittance(*parts, trace="T1"))

    made = value_of(claim_id)
    assert (made.payer.name, out_of_balance(made)) == (MEDICAID.name, "")
    assert [len(one.adjudications) for one in made.lines] == [1, 1]
    assert part_of(desk, claim_id).owed.patient == Decimal("93.60")
    assert desk.buckets() == {"payer:2": Decimal("93.60")}


def test_medicares_remarks_go_on_to_the_next_payer(inside: int, desk: Desk) -> None:
    from cleanclaim.edi import Batch, Correspondent, Envelope, check, write_837p
    from cleanclaim.values.party import Contact

    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(replace(pay(one, *DELGADO), remark_codes=("MA01", "MA07"))))

    made = value_of(claim_id)
    sender = Correspondent("HARBOR", "HARBOR", Contact("Desk", (("TE", "6145550100"),)))
    envelope = Envelope("ZZ", "HARBOR", "ZZ", "SMC01", 1, 1, 1, "T", DAY, "0800", "HARBOR", "SMC01")
    batch = Batch("B1", DAY, sender, Correspondent(MEDICAID.name, MEDICAID.payer_id))
    data = write_837p([made], envelope=envelope, batch=batch)
    assert b"MOA***MA01*MA07~" in data
    assert not [f for m in check(data).messages for f in m.findings if f.is_error]
