"""A professional and an institutional claim of one patient go from the first payer's 835 to the plan's own door, and its 835 comes back.

Both sides are ours and meet only in files: what the practice builds must be taken in by the plan as it is.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cleanclaim.kernel.money import total
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, OtherCoverage, Procedure, Subscriber
from cleanclaim.values.institutional import Institutional
from cleanclaim.values.party import Payer
from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing import world as billing
from tests.apps.billing.conftest import Desk
from tests.apps.payer import world as payer

pytestmark = pytest.mark.database_core
PLAN = Payer("Coastal Alliance Health Plan", "COASTAL")
FIRST = Payer("First Mutual", "FM1")
SENT_ON, TAKEN_ON, DECIDED_ON, PAID_ON = (date(2026, 7, day) for day in (9, 10, 13, 17))
ANA_AT_FIRST = replace(
    payer.ANA, member_id="FM-204", address=replace(billing.CHIDI.address, line_1="9 Quay")
)
SECOND = OtherCoverage(Subscriber(payer.ANA, "S", relationship="18", filing_indicator="CI"), PLAN)


def professional() -> Claim:
    return billing.claim(
        "PRO-7", billing.line(1, "99214", "181.37"), billing.line(2, "93000", "44.10"),
        person=ANA_AT_FIRST, payer=FIRST, other_coverages=(SECOND,),
    )  # fmt: skip


def institutional() -> Claim:
    stay = Institutional(
        date(2026, 6, 20), date(2026, 6, 20), admission_type="3", patient_status="01"
    )
    lines = [
        billing.line(
            number, "", charge, revenue_code=revenue, procedure=Procedure(code), unit="UN", pointers=(), place_of_service="",
        )
        for number, revenue, code, charge in ((1, "0510", "99213", "300.33"), (2, "0301", "80053", "61.00"))
    ]  # fmt: skip
    return billing.claim(
        "INS-8", *lines, person=ANA_AT_FIRST, payer=FIRST, other_coverages=(SECOND,), institutional=stay,
        facility_qualifier="A", place_of_service="13",
    )  # fmt: skip


def by_line(one: Claim, number: str) -> ClaimPayment:
    """Every line paid 60 percent and some cents, the rest by contract but for a coinsurance of 17.13."""
    answers = []
    for line in one.lines:
        paid = (line.charge * 6 / 10).quantize(Decimal("0.01"))
        rest = line.charge - paid - Decimal("17.13")
        answers.append((str(paid), (("CO", "45", str(rest)), ("PR", "2", "17.13"))))
    return billing.pay(one, *answers, number=number)


def claim_level_only(one: Claim, number: str) -> ClaimPayment:
    """No line at all: the payer says of the claim as a whole what it did."""
    paid, owed = Decimal("100.01"), Decimal("38.38")
    adjustments = (
        Adjustment(Group.CONTRACTUAL, "45", one.charge - paid - owed),
        Adjustment(Group.PATIENT, "1", Decimal("30.00")),
        Adjustment(Group.PATIENT, "2", Decimal("8.38")),
    )
    whole = by_line(one, number)
    return replace(whole, paid=paid, patient_responsibility=owed, lines=(), adjustments=adjustments, service_from=date(2026, 6, 20), service_to=date(2026, 6, 20))  # fmt: skip


@dataclass
class TwoSides:
    """The practice and the plan, each in its own books."""

    practice: int
    plan: int

    def at_practice(self) -> Any:
        from cleanclaim.apps.shared.tenancy.context import tenant

        return tenant(self.practice)

    def at_plan(self) -> Any:
        from cleanclaim.apps.shared.tenancy.context import tenant

        return tenant(self.plan)


@pytest.fixture
def sides(practice: int, plan: int) -> TwoSides:
    found = TwoSides(practice, plan)
    with found.at_plan():
        payer.set_up_plan()
    return found


def from_first(payment: ClaimPayment, trace: str) -> Any:
    made = billing.remittance(payment, trace=trace)
    return replace(made, payer=replace(made.payer, name=FIRST.name, payer_id=FIRST.payer_id))


def answered_by_first(claims: list[Claim], answers: list[ClaimPayment]) -> list[int]:
    """The claims, billed to the first payer and answered by it in an 835 each."""
    from cleanclaim.apps.billing.claims.models import Claim as ClaimRow

    desk = Desk()
    ids = list(desk.take(*claims))
    ClaimRow.objects.filter(pk__in=ids).update(state="ready")
    desk.submit()
    for number, answer in enumerate(answers, 1):
        desk.post(from_first(answer, f"FM-{number}"))
    return ids


def to_second(ids: list[int]) -> list[bytes]:
    """The files to the plan, as they leave the practice."""
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers, submit_ready_claims
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    find_or_add_partner(
        slug="coastal", name=PLAN.name, kind="health_plan", our_id="HARBOR", their_id="COASTAL", usage="T"
    )  # fmt: skip
    before = set(MessageFile.objects.values_list("id", flat=True))
    [(partner, ready)] = ready_for_next_payers()
    assert sorted(ready) == sorted(ids)
    submit_ready_claims(partner=partner, submit_on=SENT_ON, claim_ids=ready)
    rows = MessageFile.objects.filter(direction="out").exclude(pk__in=before).order_by("id")
    return [bytes(content_of(row.pk)) for row in rows]


def through_the_plan(files: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """(acknowledgements, remittances) that the plan sends for these files."""
    from cleanclaim.apps.payer.adjudication.services import adjudicate_cases
    from cleanclaim.apps.payer.intake.services import take_in
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import receive_file

    for number, data in enumerate(files):
        receipt = receive_file(data, partner=payer.partner(), name=f"in-{number}.837", received_on=TAKEN_ON)  # fmt: skip
        assert receipt.is_accepted, receipt.message
        take_in(MessageFile.objects.get(pk=receipt.file_id), received_on=TAKEN_ON)
    adjudicate_cases(decided_on=DECIDED_ON)
    payer.pay(PAID_ON)
    out = payer.sent_files()
    return (
        [bytes(file.content) for file in out if file.kind != "835"],
        [bytes(file.content) for file in out if file.kind == "835"],
    )


def back_home(remittances: list[bytes]) -> list[Any]:
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import receive_file

    posted = []
    partner = billing_partner()
    for number, data in enumerate(remittances):
        receipt = receive_file(data, partner=partner, name=f"in-{number}.835", received_on=PAID_ON)
        assert receipt.is_accepted, receipt.message
        file = MessageFile.objects.get(pk=receipt.file_id)
        for pk in receive_remittances(file, received_on=PAID_ON).ids:
            posted.append(post_remittance(pk, posted_on=PAID_ON))
    return posted


def billing_partner() -> Any:
    from cleanclaim.apps.shared.exchange.models import Partner

    return Partner.objects.get(slug="coastal")


def balanced_by_payer(one: Claim) -> None:
    """Each earlier payer's amounts make up the claim's charge, and each line's the line's where it tells lines."""
    for other in one.other_coverages:
        if other.paid is None:
            continue
        mine = [
            (line, [a for a in line.adjudications if a.payer_id == other.payer.payer_id])
            for line in one.lines
        ]
        adjusted = total(a.amount for a in other.adjustments)
        for line, parts in mine:
            off = total(a.amount for p in parts for a in p.adjustments)
            assert not parts or total(p.paid for p in parts) + off == line.charge, line
            adjusted += off
        assert other.paid + adjusted == one.charge, other


def bundled(one: Claim, number: str) -> ClaimPayment:
    """The second line is paid with the first, whose payment is beyond its own charge (OA-94)."""
    first, second = one.lines
    paid, owed = first.charge + Decimal("8.63"), Decimal("20.00")
    rest = first.charge + second.charge - paid - owed
    above = (("OA", "94", f"-{second.charge}"), ("PR", "2", str(owed)), ("CO", "45", str(rest)))
    answer = billing.pay(
        one, (str(paid), above), ("0.00", (("CO", "97", str(second.charge)),)), number=number
    )
    with_first = replace(answer.lines[1], procedure=first.procedure, submitted=second.procedure)
    return replace(answer, lines=(answer.lines[0], with_first))


# Per claim: paid by both, off by contract, left to Ana by the plan (its deductible).
OUTCOMES = {
    # The first payer left 34.26 of each; of the plan's 100.00 of deductible nothing was used before.
    by_line: {"PRO-7": ("152.41", "55.93", "17.13"), "INS-8": ("233.93", "110.27", "17.13")},
    # It left 38.38 of each, told for the claim as a whole; the plan shares it out by charge.
    # It paid the first line beyond what the plan allows for it: the plan adds nothing and lets Ana go.
    bundled: {"PRO-7": ("190.00", "35.47", "0.00"), "INS-8": ("308.96", "52.37", "0.00")},
    claim_level_only: {"PRO-7": ("130.88", "87.08", "7.51"), "INS-8": ("131.90", "222.94", "6.49")},
}


@pytest.mark.parametrize("how", OUTCOMES)
def test_both_kinds_go_on_are_taken_in_paid_and_leave_what_both_payers_left(
    sides: TwoSides, how
) -> None:
    from cleanclaim.edi import check, read_file

    claims = [professional(), institutional()]
    with sides.at_practice():
        ids = answered_by_first(claims, [how(one, f"FMC{n}") for n, one in enumerate(claims)])
        files = to_second(ids)
        # Nobody bills Ana while the plan has not answered.
        assert [billable(claim_id) for claim_id in ids] == [0, 0]

    kinds = []
    for data in files:
        found = check(data)
        assert [str(f) for m in found.messages for f in m.findings if f.is_error] == []
        for message in read_file(data).messages:
            kinds.append(message.name)
            for one in message.claims():
                balanced_by_payer(one)
    assert sorted(kinds) == ["837I", "837P"]

    with sides.at_plan():
        acknowledgements, remittances = through_the_plan(files)
        assert [file.count(b"~REF*1K*") for file in acknowledgements] == [0, 1, 0, 1]
        Desk().prove()
    with sides.at_practice():
        posted = back_home(remittances)
        assert [one.held for one in posted] == [0]
        for control_number, amounts in OUTCOMES[how].items():
            row = row_of(control_number)
            assert (str(row.paid), str(row.contractual), str(row.patient_owes)) == amounts
            assert (row.open_amount, billable(row.pk)) == (0, Decimal(amounts[2]))
        Desk().prove()


def row_of(control_number: str) -> Any:
    from cleanclaim.apps.billing.claims.models import Claim as ClaimRow

    return ClaimRow.objects.get(control_number=control_number)


def billable(claim_id: int) -> Decimal:
    from cleanclaim.apps.billing.claims.owing import claim_owed

    return claim_owed(Desk().row(claim_id)).part.billable
