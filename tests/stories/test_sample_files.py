"""Every valid 837P of others goes through the loop; what is refused is refused for a reason that is right."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cleanclaim.values.claim import Claim
from tests.edi.objections import OBJECTIONS
from tests.edi.shared_data import ROOT, Sample, needs_samples
from tests.stories.sample_runs import (
    Outcome,
    chosen,
    claims_in,
    day_in,
    day_in_time,
    name_of,
    run,
)
from tests.stories.sample_table import PAGE

pytestmark = needs_samples
FILES = chosen()
VERDICTS = ("is after", "CO-29", "OA-18")
FILING_LIMIT = timedelta(days=365)  # of the plan that --enroll puts members into
TABLE = Path(__file__).parents[2] / PAGE


def assert_proved(outcome: Outcome) -> None:
    money = dict(outcome.money)
    assert outcome.difference == "0.00"
    assert outcome.is_balanced
    assert money.pop("charged") == sum(money.values())
    counts = outcome.counts
    assert counts["in"] == counts["accepted"] + counts["rejected"]


def verdict(claim: Claim, *, received_on: date, seen: set[object]) -> str:
    """What must become of the claim, judged by our own reading of it; empty where it is paid or informs."""
    assert claim.service_to is not None
    who, service = claim.patient_person, [replace(line, number=0) for line in claim.lines]
    told = (who.last_name, who.first_name, who.born_on, claim.billing.npi, str(service))
    is_again = told in seen
    seen.add(told)
    if claim.service_to > received_on:
        return "is after"  # held by the provider: services of the future
    if claim.is_encounter:
        return ""
    if claim.service_to + FILING_LIMIT < received_on:
        return "CO-29"  # denied: filed too late
    return "OA-18" if is_again else ""  # denied: the same service again


def assert_said_rightly(sample: Sample, outcome: Outcome, *, received_on: date) -> None:
    """Each claim meets the verdict that we expect, and no other."""
    seen: set[object] = set()
    expected = [
        word
        for claim in claims_in(sample)
        if (word := verdict(claim, received_on=received_on, seen=seen))
    ]
    said = [" ".join(reasons) for _, _, reasons in outcome.claim_reasons]
    assert len(said) == len(expected), said
    assert sorted(next(w for w in VERDICTS if w in text) for text in said) == sorted(expected)
    assert outcome.counts["rejected"] == expected.count("is after")


@pytest.mark.parametrize("sample", FILES, ids=name_of)
def test_a_file_is_proved_and_what_it_loses_is_lost_for_the_right_reason(sample, loop):
    outcome = run(sample, loop)

    assert_proved(outcome)
    objection = OBJECTIONS.get(sample.path.relative_to(ROOT).as_posix())
    assert outcome.is_accepted == (objection is None), outcome.file_reasons
    if objection:
        code = f"({objection.carrier} {objection.code})"
        wanted = [r for r in outcome.file_reasons if code in r and objection.segment in r]
        assert wanted, outcome.file_reasons
        assert outcome.counts["in"] == 0
    else:
        assert outcome.counts["in"] == len(claims_in(sample)) > 0
        assert_said_rightly(sample, outcome, received_on=day_in(sample))
    assert outcome.row in TABLE.read_text("utf-8")


@pytest.mark.parametrize("sample", [s for s in FILES if claims_in(s)], ids=name_of)
def test_a_file_that_comes_in_time_is_decided_and_no_claim_is_held(sample, loop):
    day = day_in_time(sample)

    outcome = run(sample, loop, received_on=day)

    assert_proved(outcome)
    assert outcome.counts["in"] == len(claims_in(sample))
    assert_said_rightly(sample, outcome, received_on=day)
    assert outcome.row in TABLE.read_text("utf-8")
