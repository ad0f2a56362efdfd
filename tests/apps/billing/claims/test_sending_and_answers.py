"""Ready claims go out once, and what the payer says of files and claims lands on the right claim."""

from dataclasses import replace

import pytest

from cleanclaim.values.acknowledgement import InterchangeAnswer, Outcome
from cleanclaim.values.claim import Purpose
from tests.apps.billing.world import (
    DAY,
    accepted,
    answer_file,
    claim,
    dollars,
    line,
    partner,
    syntax,
)

pytestmark = pytest.mark.database_core


def answer_claims(*numbers):
    from cleanclaim.apps.billing.claims.models import Submission
    from cleanclaim.apps.billing.claims.services import apply_claim_acknowledgement

    batch = Submission.objects.latest("id").batch_reference
    return apply_claim_acknowledgement(accepted(batch, *numbers), file=answer_file())


def test_ready_claims_go_out_once_and_read_back_as_they_were(desk):
    from cleanclaim.apps.billing.claims.convert import current_value
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.edi import read_file

    first, second = desk.take(claim("A1"), claim("A2", line(charge="75.00")))

    [file] = desk.submit()

    message = next(read_file(content_of(file.pk)).messages)
    assert message.is_accepted
    assert list(message.claims()) == [current_value(desk.row(i)) for i in (first, second)]
    assert desk.row(first).state == desk.row(second).state == "sent"
    assert desk.submit() == []


def test_held_claims_stay_and_encounters_travel_apart(desk):
    held, *_ = desk.take(
        claim("A1", charge=dollars("1.00")), claim("A2"), claim("A3", purpose=Purpose.ENCOUNTER)
    )

    files = desk.submit()

    assert len(files) == 2
    assert desk.row(held).state == "held"


def test_a_999_that_accepts_waits_for_the_claims_answers(desk):
    from cleanclaim.apps.billing.claims.models import Submission
    from cleanclaim.apps.billing.claims.services import apply_syntax_acknowledgement

    [one] = desk.take(claim("A1"))
    [file] = desk.submit()

    apply_syntax_acknowledgement(syntax(file), file=answer_file())

    assert desk.row(one).state == "sent"
    assert Submission.objects.get().state == "received"


def test_a_999_that_refuses_rejects_every_claim_of_the_file_with_work(desk):
    from cleanclaim.apps.billing.claims.services import apply_syntax_acknowledgement

    ids = desk.take(claim("A1"), claim("A2"))
    [file] = desk.submit()

    answered = apply_syntax_acknowledgement(syntax(file, Outcome.REJECTED), file=answer_file())

    assert answered.rejected == 2
    assert {desk.row(i).state for i in ids} == {"rejected"}
    assert len(desk.work("rejection")) == 2


def test_a_ta1_that_refuses_rejects_every_claim_of_the_file(desk):
    from cleanclaim.apps.billing.claims.services import apply_interchange_answer

    [one] = desk.take(claim("A1"))
    [file] = desk.submit()
    answer = InterchangeAnswer(file.interchange_control, "260701", "0000", "R", "006")

    apply_interchange_answer(answer, file=answer_file())

    assert desk.row(one).state == "rejected"


def test_an_answer_to_a_file_that_we_never_sent_changes_nothing(desk):
    from cleanclaim.apps.billing.claims.services import apply_syntax_acknowledgement

    desk.take(claim("A1"))
    [file] = desk.submit()
    stranger = replace(syntax(file, Outcome.REJECTED), group_control_number="999999")

    answered = apply_syntax_acknowledgement(stranger, file=answer_file())

    assert (answered.rejected, answered.unmatched) == (0, ("group 999999",))


def test_a_277ca_accepts_with_the_payers_number_and_rejects_with_work(desk):
    good, bad = desk.take(claim("A1"), claim("A2"))
    desk.submit()

    answered = answer_claims(("A1", "120.00", "ICN1"), ("A2", "120.00", ""))

    assert (answered.accepted, answered.rejected) == (1, 1)
    assert (desk.row(good).state, desk.row(good).payer_control_number) == ("accepted", "ICN1")
    assert desk.row(bad).state == "rejected"
    [item] = desk.work("rejection")
    assert item.subject_id == bad
    assert "A7:562:85" in item.reason


def test_equal_control_numbers_are_answered_in_the_order_sent(desk):
    first, second = desk.take(claim("A1"), claim("A1"))
    desk.submit()

    answer_claims(("A1", "120.00", "ICN1"), ("A1", "120.00", "ICN2"))

    assert desk.row(first).payer_control_number == "ICN1"
    assert desk.row(second).payer_control_number == "ICN2"


def test_the_same_277ca_again_and_unknown_claims_change_nothing(desk):
    [one] = desk.take(claim("A1"))
    desk.submit()
    answer_claims(("A1", "120.00", "ICN1"))

    again = answer_claims(("A1", "120.00", ""), ("ZZ", "5.00", "ICN9"))

    assert again.unmatched == ("A1", "ZZ")
    assert desk.row(one).state == "accepted"


def test_a_rejected_claim_is_sent_again_after_a_persons_word(desk):
    from cleanclaim.apps.billing.claims.services import resend_claim

    [one] = desk.take(claim("A1"))
    desk.submit()
    answer_claims(("A1", "120.00", ""))

    changed = resend_claim(one, on=DAY, by=None)

    assert changed.state == "ready"
    assert desk.work("rejection") == []
    assert len(desk.submit()) == 1


def test_production_claims_never_leave_under_a_test_flag(desk):
    from cleanclaim.apps.shared.exchange.selectors import content_of

    desk.take(claim("A1"))

    [file] = desk.submit()

    assert (file.usage, partner().usage) == ("T", "T")
    assert content_of(file.pk).split(b"*")[15] == b"T"
