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
        (HEAD + FIRST.replace(",30,", ",NaN,"), "line 2: quantity 'NaN'"),
        (HEAD + FIRST.replace(",30,", ",-30,"), "line 2: quantity '-30'"),
        (HEAD + FIRST.replace(",30,", ",1e9,"), "line 2: quantity '1e9'"),
        (HEAD + FIRST.replace(",30,", ",0.00001,"), "line 2: quantity '0.00001'"),
        (HEAD + FIRST.replace("700101,0", "700101,-1"), "line 2: fill '-1'"),
        (HEAD + FIRST.replace("700101,0", "700101,100"), "line 2: fill '100'"),
        (HEAD + FIRST.replace("700101", "7" * 60), "line 2: rx '77777777777777777777', expected"),
        (HEAD + FIRST.replace("Lena", "Le\0na"), "line 2: a zero byte"),
        (HEAD + FIRST.replace("387.15", "1,387.15"), "line 2: charge 'Summit Rx PBM'"),
        (HEAD + FIRST.replace("387.15", "3_87.15"), "line 2: promised '3_87.15'"),
        (HEAD + FIRST.replace("520.00", "٥٢٠"), "line 2: awp '٥٢٠'"),
        (HEAD + FIRST.replace('Lena"', "Lena") + SECOND, "line 3: "),
        (HEAD.replace("awp", "copay") + FIRST, "line 1: column copay stands twice"),
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
