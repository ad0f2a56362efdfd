"""Corrected and void claims: what they take back, what they leave alone, and whose claims they may touch."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.payer import world
from tests.apps.payer.adjudication.test_services import account, adjudicate, decisions, used

pytestmark = pytest.mark.usefixtures("coastal")


def correction(of, charges=("200.00",), *, control="A7", frequency="7", **more):
    return world.claim(
        control, charges, frequency_code=frequency, original_payer_number=of.icn, **more
    )


def without_prior_data(claim):
    """The claim as one to a second payer without the first one's answer: CO-22, denied as a whole."""
    from dataclasses import replace

    return replace(claim, subscriber=replace(claim.subscriber, payer_order="S"))


def test_a_correction_that_is_denied_as_a_whole_leaves_its_original_paid():
    [original] = world.receive(world.claim("A"))
    adjudicate()
    [denied] = world.receive(without_prior_data(correction(original)))

    counts = adjudicate()

    original.refresh_from_db()
    denied.refresh_from_db()
    assert counts.deny == 1
    assert (original.state, original.paid) == ("decided", Decimal("48.00"))
    assert [d.kind for d in decisions(original)] == ["decision"]
    assert account("liability:claims-payable") == Decimal("-48.00")
    assert used().out_of_pocket == Decimal("112.00")


@pytest.mark.parametrize("named", ["original", "denied"])
def test_the_next_correction_takes_back_both_whichever_it_names(named):
    [original] = world.receive(world.claim("A"))
    adjudicate()
    [denied] = world.receive(without_prior_data(correction(original)))
    adjudicate()
    [last] = world.receive(correction({"original": original, "denied": denied}[named], ["300.00"]))

    adjudicate()

    for case in (original, denied, last):
        case.refresh_from_db()
    assert (original.state, denied.state) == ("replaced", "replaced")
    # 80 % of 300.00 = 240.00, 100.00 deductible, 20 % of 140.00 = 28.00
    assert last.paid == Decimal("112.00")
    assert account("liability:claims-payable") == Decimal("-112.00")
    assert used().out_of_pocket == Decimal("128.00")


def test_a_void_takes_back_every_version_that_stands():
    [original] = world.receive(world.claim("A"))
    adjudicate()
    [denied] = world.receive(without_prior_data(correction(original)))
    adjudicate()
    world.receive(correction(denied, frequency="8"))

    adjudicate()

    original.refresh_from_db()
    denied.refresh_from_db()
    assert (original.state, denied.state) == ("voided", "voided")
    assert account("liability:claims-payable") == Decimal("0.00")


def test_a_correction_after_a_void_finds_nothing_to_replace():
    [original] = world.receive(world.claim("A"))
    adjudicate()
    world.receive(correction(original, frequency="8"))
    adjudicate()
    [late] = world.receive(correction(original, control="A9"))

    adjudicate()

    late.refresh_from_db()
    assert (late.state, late.pend_queue) == ("pended", "adjustment request")


def test_a_correction_is_denied_as_a_duplicate_of_another_claim_and_its_original_goes():
    [original] = world.receive(world.claim("A", ["150.00"]))
    [other] = world.receive(world.claim("B", ["200.00"]))
    adjudicate()
    [wrong] = world.receive(correction(original, ["200.00"]))

    adjudicate()

    for case in (original, other, wrong):
        case.refresh_from_db()
    assert (wrong.outcome, wrong.paid) == ("deny", Decimal("0.00"))
    assert '"reason":"18"' in decisions(wrong)[-1].body
    assert (original.state, other.state) == ("replaced", "decided")


def test_a_correction_with_the_same_lines_as_its_original_is_no_duplicate():
    [original] = world.receive(world.claim("A"))
    adjudicate()
    [same] = world.receive(correction(original))

    adjudicate()

    same.refresh_from_db()
    assert (same.outcome, same.paid) == ("pay", Decimal("48.00"))


@pytest.mark.parametrize("frequency", ["7", "8"])
@pytest.mark.parametrize(
    "other",
    [
        {"subscriber": world.DANIEL},
        {"patient": world.LEO},
        {"npi": world.CEDAR_NPI, "tin": world.CEDAR_TIN},
    ],
    ids=["another member", "another of the family", "another provider"],
)
def test_the_claim_of_somebody_else_is_left_alone(frequency, other):
    [original] = world.receive(world.claim("A"))
    adjudicate()
    [stranger] = world.receive(correction(original, frequency=frequency, **other))

    adjudicate()

    original.refresh_from_db()
    stranger.refresh_from_db()
    assert stranger.original_id is None
    assert stranger.state == "pended"
    assert (original.state, original.paid) == ("decided", Decimal("48.00"))


def authorize(**more):
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.services import authorize

    ana = Member.objects.get(member_id="W100", first_name="Ana")
    return ana, authorize(ana, number="AU1", valid_from=date(2026, 1, 1), **more)


def units_left(member):
    from cleanclaim.apps.payer.members.selectors import authorizations_of

    return {one.procedure_code: one.units_left for one in authorizations_of([member.pk])[member.pk]}


def test_a_correction_may_use_the_units_that_its_original_gives_back():
    ana, _ = authorize(units=Decimal(1))
    [original] = world.receive(world.claim("A", code="J1745"))
    adjudicate()
    [corrected] = world.receive(correction(original, ["300.00"], code="J1745"))

    adjudicate()

    corrected.refresh_from_db()
    assert corrected.outcome == "pay"
    assert units_left(ana) == {"": Decimal(0)}


def test_units_of_one_number_are_counted_for_each_service():
    ana, _ = authorize(units=Decimal(1), procedure_code="J1745")
    authorize(units=Decimal(5), procedure_code="J1746")
    first, second = world.receive(
        world.claim("A", code="J1745"),
        world.claim("B", code="J1745", service_on=date(2026, 3, 9)),
    )

    adjudicate()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.outcome, second.outcome) == ("pay", "deny")
    assert '"reason":"198"' in decisions(second)[-1].body
    assert units_left(ana) == {"J1745": Decimal(0), "J1746": Decimal(5)}
