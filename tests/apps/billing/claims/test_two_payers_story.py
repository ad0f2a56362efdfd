"""S1 step 5: Rosa's claim goes on to her second payer by itself, as files, and nobody bills her before it answers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.edi import check, read_file
from cleanclaim.kernel.money import total
from cleanclaim.rules.adjudication import adjudicate, to_claim_payment
from tests.apps.billing.claims.payers import (
    DELGADO,
    MEDICAID,
    from_payer,
    part_of,
    send_next,
    two_payers,
    value_of,
    work_kinds,
)
from tests.apps.billing.world import PAYER, pay, remittance
from tests.rules import make

pytestmark = pytest.mark.database_core


def test_a_claim_goes_through_two_payers_and_the_patient_owes_what_both_left(inside, desk):
    # The first payer answers: 174.40 paid, 127.00 by contract, 93.60 left to Rosa.
    one = two_payers()
    [claim_id] = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *DELGADO)))

    # The claim is ready for the second payer, nothing is billed to Rosa, and nobody has to do anything.
    assert desk.row(claim_id).state == "ready"
    assert part_of(desk, claim_id).part.billable == 0
    assert work_kinds(claim_id) == []

    # It goes out as an 837 that our own checks of the guide have nothing against.
    send_next(claim_id)
    data = sent_file()
    found = check(data, levels=frozenset((1, 2, 3, 4)))
    wrong = [str(f) for m in found.messages for f in m.findings if f.is_error and f.level < 4]
    assert wrong == []
    [second] = [c for message in read_file(data).messages for c in message.claims()]
    lines = [
        [a.paid + total(x.amount for x in a.adjustments) for a in s.adjudications]
        for s in second.lines
    ]
    assert lines == [[Decimal("185.00")], [Decimal("210.00")]]
    assert second.other_coverages[0].payer.name == PAYER.name

    # The second payer reads what the first did, coordinates, and answers with an 835.
    context = make.context()
    decision = adjudicate(second, context)
    answer = to_claim_payment(second, decision, payer_control_number="MCD1")
    assert (answer.status_code, answer.paid) == ("2", Decimal("93.60"))
    desk.post(from_payer(MEDICAID, replace(answer, control_number=one.control_number), "T2"))

    # Both payers together leave nothing: the claim is closed, and the books agree.
    row = desk.row(claim_id)
    assert (row.state, row.paid, row.contractual) == (
        "closed",
        Decimal("268.00"),
        Decimal("127.00"),
    )
    assert part_of(desk, claim_id).owed.patient == 0
    assert desk.buckets() == {}
    assert value_of(claim_id).payer.name == MEDICAID.name


def sent_file() -> bytes:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.selectors import content_of

    return content_of(MessageFile.objects.filter(direction="out", kind="837").latest("id").pk)


def test_the_day_of_service_decides_whether_there_is_a_second_payer(inside, desk):
    from cleanclaim.apps.billing.coverage.models import Coverage

    one = two_payers()
    [claim_id] = desk.take(one)
    Coverage.objects.filter(payer_order="S").update(valid_from=date(2026, 6, 21))
    desk.accept(claim_id, "ICN1")

    desk.post(remittance(pay(one, *DELGADO)))

    assert part_of(desk, claim_id).part.billable == Decimal("93.60")
