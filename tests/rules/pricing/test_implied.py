"""What a payer must have applied, in the words of the contract's own terms."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.pricing import Contract, contract_from, implied_words, price_line, term_words
from cleanclaim.values.codec import from_json, to_json
from tests.rules import make

FEES = make.fee_table(
    {
        "demo": {"99214": "100.00"},
        "medicare-office": {"99214": "125.00"},
        "mac": {"99999012301": "0.51"},
    }
)
VISIT = make.line(1, {"code": "99214", "charge": "200.00", "place": "11", "units": 2})
BRAND = make.line(
    1,
    {
        "code": "99999012301",
        "charge": "400.00",
        "units": 30,
        "drug": {"kind": "brand", "awp": "310.00"},
    },
)


def terms(*raw):
    return contract_from({"code": "C", "name": "C", "terms": list(raw)}).terms


@pytest.mark.parametrize(
    ("raw", "line", "allowed", "said", "implied"),
    [
        (
            {"method": "awp_discount", "discount": 18, "dispensing_fee": "0.75"},
            BRAND,
            "242.55",
            "AWP-18 %",
            "AWP-22 %",  # (242.55 - 0.75) / 310.00 = 78 %
        ),
        (
            {"method": "awp_discount", "discount": 0},
            BRAND,
            "325.50",
            "AWP-0 %",
            "AWP+5 %",
        ),
        (
            {"method": "fee_schedule", "schedule": "demo", "rate": 110},
            VISIT,
            "208.50",
            "110 % of demo",
            "104.25 % of demo",  # 208.50 / 200.00
        ),
        (
            {"method": "percent_of_medicare", "rate": 120},
            VISIT,
            "250.00",
            "120 % of Medicare",
            "100 % of Medicare",
        ),
        ({"method": "percent_of_charge", "rate": 70}, VISIT, "130.00", "70 % of the charge", "65 % of the charge"),
        ({"method": "per_unit", "amount": "1450"}, VISIT, "2800.00", "1,450.00 a unit", "1,400.00 a unit"),
        ({"method": "flat", "amount": "450"}, VISIT, "400.00", "450.00 flat", "400.00 flat"),
    ],
)  # fmt: skip
def test_the_implied_term_is_said_as_the_contract_says_its_own(raw, line, allowed, said, implied):
    [term] = terms(raw)

    assert term_words(term) == said
    assert implied_words(line, term, FEES, Decimal(allowed)) == implied


def test_of_several_options_the_one_that_set_the_price_speaks():
    [term] = terms(
        {
            "method": "lesser_of",
            "options": [
                {"method": "awp_discount", "discount": 18},
                {"method": "fee_schedule", "schedule": "mac"},
            ],
        }
    )

    assert term_words(term) == "the lowest of AWP-18 % and 100 % of mac"
    # 0.51 x 30 = 15.30 is the lowest price.
    assert implied_words(BRAND, term, FEES, Decimal("7.65")) == "50 % of mac"


def test_a_contract_with_options_comes_back_from_json_as_it_was():
    contract = contract_from(
        {
            "code": "SUM-2026",
            "name": "Summit Rx",
            "edition": "v3",
            "terms": [
                {
                    "method": "lesser_of",
                    "options": [
                        {"method": "awp_discount", "discount": 85, "drugs": "generic"},
                        {"method": "fee_schedule", "schedule": "mac"},
                    ],
                }
            ],
        }
    )

    assert from_json(to_json(contract), Contract) == contract


def test_the_price_names_its_term():
    contract = contract_from(
        {
            "code": "C",
            "name": "C",
            "terms": [
                {"method": "flat", "amount": "90", "codes": ["99214"], "clause": "exhibit B 2.1"},
                {"method": "percent_of_charge", "rate": 50},
            ],
        }
    )

    price = price_line(VISIT, contract, FEES)

    assert price.term.clause == "exhibit B 2.1"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"method": "flat"}, "amount is missing"),
        ({"method": "awp_discount"}, "discount is missing"),
        ({"method": "awp_discount", "discount": 101}, "100 at most"),
        ({"method": "awp_discount", "discount": 18, "drugs": "white"}, "brand or generic"),
        ({"method": "lesser_of", "options": [{"method": "flat", "amount": 1}]}, "two or more"),
        ({"method": "fee_schedule"}, "schedule is missing"),
    ],
)
def test_a_wrong_term_is_refused_by_name(raw, words):
    with pytest.raises(InputError, match=words):
        terms(raw)
