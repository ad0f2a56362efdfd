"""Every 835 of the sample collection is posted, held or refused for a reason that a person has reviewed.

Open claims are made from the file's own charges, so that real posting runs: clearing moves by BPR02, and each claim is left
with what its answer leaves to the patient, denies or only explains.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from cleanclaim.edi import read_file
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.posting import Action, default_policy
from cleanclaim.rules.posting.pieces import is_line_allowed
from cleanclaim.values import remittance as values
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Person
from tests.apps.billing.remittances.sample_outcomes import OUTCOMES
from tests.apps.billing.world import claim, line
from tests.edi.shared_data import ROOT, needs_samples, samples

pytestmark = [pytest.mark.database_core, needs_samples]

POSTED_ON = date(2026, 7, 8)


def paths() -> list[str]:
    return [
        sample.path.relative_to(ROOT).as_posix()
        for sample in samples()
        if sample.transaction == "835"
    ]


@cache
def remittances_in(path: Path) -> tuple[values.Remittance, ...]:
    return tuple(
        message.remittance()
        for interchange in read_file(path.read_bytes()).interchanges
        for group in interchange.groups
        for message in group.messages
        if message.kind == "835" and message.is_accepted
    )


def billed(payment: values.ClaimPayment) -> Claim | None:
    """The claim that the payment answers, as far as the answer shows it."""
    if payment.is_reversal or not payment.control_number or payment.charge <= 0:
        return None
    person = payment.patient or Person("Nobody", "Known")
    day = payment.service_from or date(2026, 6, 20)
    lines = [
        line(
            number,
            charge=str(one.charge),
            procedure=one.submitted or one.procedure,
            service_from=one.service_from or day,
            control_number=one.line_control_number,
        )
        for number, one in enumerate((each for each in payment.lines if each.charge > 0), 1)
    ]
    made = claim(
        payment.control_number,
        *(lines or [line(charge=str(payment.charge), service_from=day)]),
        person=replace(person, member_id=person.member_id or "M1"),
    )
    return replace(made, place_of_service="11")


def expected_left(charge: Decimal, payments: list[values.ClaimPayment]) -> Decimal:
    """What these answers leave of the charge: the patient's, what they deny, and what they only explain."""
    policy, left = default_policy(POSTED_ON), ZERO
    if all(one.status_code == "25" or one.is_reversal for one in payments):
        return charge  # estimates, or the answer was taken back
    for payment in payments:
        pairs = [(a, is_line_allowed(one)) for one in payment.lines for a in one.adjustments]
        pairs += [(a, bool(payment.paid or payment.allowed)) for a in payment.adjustments]
        left += total(
            a.amount
            for a, is_allowed in pairs
            if policy.action(a, is_line_allowed=is_allowed)
            in (Action.PATIENT, Action.DENY, Action.MEMO)
        )
    return left


def test_every_indexed_835_has_a_reviewed_outcome() -> None:
    assert sorted(OUTCOMES) == sorted(paths())


@pytest.mark.parametrize("name", paths())
def test_a_sample_is_posted_held_or_refused_for_its_reviewed_reason(name, practice):
    from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    path = ROOT / name
    answers: dict[tuple[str, str], list[values.ClaimPayment]] = defaultdict(list)
    for payment in (one for value in remittances_in(path) for one in value.claims):
        answers[payment.control_number, payment.payer_control_number].append(payment)
    made = [(one, key) for key, (first, *_) in answers.items() if (one := billed(first))]
    with tenant(practice):
        Organization.objects.filter(pk=practice).update(npi="", tin="")  # whoever the payee is
        ids = import_claims(
            [one for one, _ in made], source_file_id=7, received_on=POSTED_ON
        ).claim_ids
        for claim_id, (_, (_, number)) in zip(ids, made, strict=True):
            ClaimRow.objects.filter(pk=claim_id).update(payer_control_number=number)

    [report] = post_files(practice, [Incoming(path.name, path.read_bytes())], posted_on=POSTED_ON)

    more = f" (and {len(report.faults) - 1} more)" if len(report.faults) > 1 else ""
    outcome = [f"refused: {one}{more}" for one in report.faults[:1]]
    outcome += [
        f"{one.state} {one.paid} of {len(one.claims)} claims"
        + (f": {one.hold}" if one.hold else "")
        + "".join(f"; {c.control_number} held: {c.hold}" for c in one.claims if c.hold)
        for one in report.payments
    ]
    assert outcome == list(OUTCOMES[name])
    stand: dict[tuple[str, str], list[values.ClaimPayment]] = defaultdict(list)
    by_trace = {value.trace_number: value for value in remittances_in(path)}
    for one in report.payments:
        for place, payment in zip(one.claims, by_trace[one.trace].claims, strict=True):
            if not place.hold:
                stand[payment.control_number, payment.payer_control_number].append(payment)
    posted = {c.claim_id for one in report.payments if one.state == "posted" for c in one.claims}
    with tenant(practice):
        assert prove().balanced
        for one in report.payments:
            clearing = dict(one.entries).get("asset:remit-clearing", ZERO)
            assert one.state != "posted" or clearing == one.paid
            assert one.difference == 0
        rows = ClaimRow.objects.in_bulk(ids)
        for claim_id, (one, key) in zip(ids, made, strict=True):
            if claim_id in posted:
                left = expected_left(one.charge, stand[key])
                assert rows[claim_id].open_amount + rows[claim_id].patient_owes == left, key
