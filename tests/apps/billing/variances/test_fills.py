"""Pharmacy claims from CSV: all of a file or nothing, each refusal with its line."""

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.variances.summit import FILLS, TODAY

HEAD, FIRST, SECOND, *_ = FILLS.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("ndc", "drug") + FIRST, "line 1: column ndc missing"),
        (HEAD.replace("charge", "price") + FIRST, "line 1: column 'price' unknown"),
        (HEAD, "no rows"),
        (HEAD + FIRST + FIRST, "line 3: fill 700101 stands on line 2, too"),
        (HEAD + FIRST + SECOND.replace("14.00", "14.001"), "line 3: promised '14.001'"),
        (HEAD + FIRST.replace("2026-11-07", "7.11.26"), "line 2: filled_on '7.11.26'"),
        (HEAD + FIRST.replace("99999012301", "9999901230"), "line 2: ndc '9999901230'"),
        (HEAD + FIRST.replace("brand", "white"), "line 2: kind 'white'"),
        (HEAD + FIRST.replace("387.15", ""), "line 2: promised is empty"),
        (HEAD + FIRST.replace(",30,", ",many,"), "line 2: quantity 'many'"),
    ],
)
def test_a_wrong_row_is_named(template_database, text, words):
    from cleanclaim.apps.billing.variances.fills import read_fills

    with pytest.raises(InputError) as refusal:
        read_fills(text)

    assert words in refusal.value.message


def test_a_refill_is_another_fill_of_the_same_prescription(template_database):
    from cleanclaim.apps.billing.variances.fills import read_fills

    first, refill = read_fills(HEAD + FIRST + FIRST.replace("700101,0", "700101,1"))

    assert (first.number, refill.number) == ("700101", "700101-1")


@pytest.mark.database_core
def test_the_same_file_twice_is_refused_and_nothing_is_half_done(pharmacy):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.variances.fills import load_fills

    fresh = FIRST.replace("700101", "700199")
    with pytest.raises(StateError, match="line 3: fill 700101 of 2026-11-07 is here already"):
        load_fills(HEAD + fresh + FIRST, on=TODAY)

    assert not Claim.objects.filter(control_number="700199").exists()
    assert Claim.objects.count() == 5
