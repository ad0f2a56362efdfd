"""Claims of patients with two or three payers, and what tests of them ask."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cleanclaim.values.claim import OtherCoverage, Subscriber
from cleanclaim.values.party import Payer, Person
from cleanclaim.values.remittance import Remittance
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    CHIDI,
    DAY,
    PAID_ON,
    claim,
    line,
    pay,
    remittance,
)

MEDICAID = Payer("State Medicaid", "SMC01")
THIRD = Payer("Third Mutual", "TM3")
AS_SECOND = OtherCoverage(
    Subscriber(replace(CHIDI, member_id="MCD9"), "S", filing_indicator="CI"), MEDICAID
)
AS_THIRD = OtherCoverage(
    Subscriber(
        Person("Okafor", "Ada", member_id="TM9"), "T", relationship="01", filing_indicator="CI"
    ),
    THIRD,
)
DELGADO = (
    ("65.60", (("CO", "45", "53.00"), ("PR", "1", "50.00"), ("PR", "2", "16.40"))),
    ("108.80", (("CO", "45", "74.00"), ("PR", "2", "27.20"))),
)


def two_payers(number: str = "A1", **more):
    lines = (line(1, "99214", "185.00"), line(2, "20610", "210.00"))
    return claim(number, *lines, other_coverages=(AS_SECOND,), **more)


def from_payer(payer: Payer, payment, trace: str) -> Remittance:
    made = remittance(payment, trace=trace)
    return replace(made, payer=replace(made.payer, name=payer.name, payer_id=payer.payer_id))


def negated(payment):
    lines = tuple(
        replace(
            one,
            charge=-one.charge,
            paid=-one.paid,
            adjustments=tuple(replace(a, amount=-a.amount) for a in one.adjustments),
        )
        for one in payment.lines
    )
    return replace(
        payment,
        status_code="22",
        charge=-payment.charge,
        paid=-payment.paid,
        patient_responsibility=-payment.patient_responsibility,
        lines=lines,
    )


def answered(desk: Desk, one=None, *, status: str = "1"):
    """A claim of two payers with the primary's answer posted."""
    one = one or two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *DELGADO, status=status), trace="T1"))
    return claim_id, one


def send_next(claim_id: int) -> None:
    """Send the claim to the next payer's own partner."""
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers, submit_ready_claims

    next_partner()
    [(partner, claim_ids)] = ready_for_next_payers()
    assert claim_ids == [claim_id]
    submit_ready_claims(partner=partner, submit_on=DAY, claim_ids=claim_ids)


def next_partner():
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    return find_or_add_partner(
        slug="medicaid",
        name=MEDICAID.name,
        kind="health_plan",
        our_id="HARBOR",
        their_id=MEDICAID.payer_id,
        usage="T",
    )


def value_of(claim_id: int):
    from cleanclaim.apps.billing.claims.convert import current_values

    return current_values([claim_id])[claim_id]


def work_kinds(claim_id: int) -> list[str]:
    from cleanclaim.apps.shared.work.selectors import items_about

    return [one.kind for one in items_about("claim", claim_id) if one.state != "done"]


def proved() -> list:
    from cleanclaim.apps.billing.claims.proof import prove_claims

    return list(prove_claims())


HOME_HEALTH = ("896.00", (("CO", "45", "360.00"), ("PR", "2", "224.00")))


def home_health(desk: Desk):
    one = claim("HH-20388", line(1, "G0299", "1480.00"))
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    return claim_id, one


def benefit_left(claim_id: int, left: str, **of: str) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services.patient_part import record_benefit_left
    from cleanclaim.apps.billing.coverage.models import Coverage

    coverage = Coverage.objects.get(patient__claims=Claim.objects.get(pk=claim_id), **of)
    record_benefit_left(
        coverage.pk, left=Decimal(left), as_of=date(2026, 6, 20), source="271", on=PAID_ON, by=None
    )


def part_of(desk: Desk, claim_id: int):
    from cleanclaim.apps.billing.claims.owing import claim_owed

    return claim_owed(desk.row(claim_id))
