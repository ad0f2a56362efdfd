"""Prices of whole claims: editions that change within one, clauses that are wrong, and how a price is said."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.pricing import (
    Contract,
    contract_from,
    implied_price,
    price_claim,
    price_words,
)
from cleanclaim.values.codec import from_json, to_json
from tests.rules import make

FEES = make.fee_table({"demo": {"20610": "136.00", "99213": "100.00"}})
CLAUSES = {
    "terms": [{"method": "fee_schedule", "schedule": "demo", "clause": "exhibit A"}],
    "modifiers": [{"modifier": "50", "percent": 150, "clause": "bilateral"}],
    "multiple_procedures": [
        {"percents": [100, 50, 25], "codes": ["20610", "99213"], "clause": "ranks"}
    ],
}


def contract(**raw):
    return contract_from({"code": "C", "name": "C", **raw})


def priced(lines, terms, *, whole=None):
    found = price_claim(lines, [terms] * len(lines), whole or terms, FEES)
    return [one[1] for one in found]


def lines(*raw):
    return [make.line(number, one) for number, one in enumerate(raw, 1)]


def test_the_edition_of_the_first_day_pays_the_case_the_others_by_their_day():
    old = contract(
        edition="1", terms=[{"method": "case_rate", "amount": "900", "codes": ["20610"], "covers": "lines"},
                            {"method": "percent_of_charge", "rate": 50}],
    )  # fmt: skip
    new = contract(edition="2", terms=[{"method": "percent_of_charge", "rate": 60}])
    made = lines(
        {"code": "20610", "charge": "1000.00", "day": "2026-06-30"},
        {"code": "20610", "charge": "1000.00", "day": "2026-07-01"},
        {"code": "99213", "charge": "100.00", "day": "2026-07-01"},
    )

    found = price_claim(made, [old, new, new], old, FEES)

    told = [(terms.edition, str(price.allowed)) for terms, price in found]
    assert told == [("1", "450.00"), ("1", "450.00"), ("2", "60.00")]


def test_a_fee_for_the_very_modifier_is_not_changed_by_it_again():
    table = make.fee_table({"demo": {"20610": "136.00"}})
    own = replace(
        next(iter(table._rows["demo", "20610", ""])), modifier="50", amount=Decimal("190.00")
    )
    table._rows["demo", "20610", "50"] = [own]
    [line] = lines({"code": "20610-50", "charge": "900.00"})
    terms = contract(**CLAUSES)

    [(_, price)] = price_claim([line], [terms], terms, table)

    assert (price.allowed, price.factors) == (Decimal("190.00"), ())


def test_a_price_is_said_with_what_changed_it():
    made = lines({"code": "20610", "charge": "600.00"}, {"code": "99213-50", "charge": "600.00"})

    first, second = priced(made, contract(**CLAUSES))

    assert price_words(second) == "100 % of demo x 150 % (modifier 50)"
    assert price_words(first) == "100 % of demo x 50 % (2nd procedure of the day)"
    assert (str(first.allowed), first.clause) == ("68.00", "exhibit A, ranks")


@pytest.mark.parametrize(
    ("allowed", "implied"),
    [
        ("100.00", "100 % of demo without modifier 50"),  # 100.00, not 150.00
        ("75.00", "100 % of demo x 150 % (modifier 50) x 50 % (2nd procedure of the day)"),
        ("135.00", "90 % of demo x 150 % (modifier 50)"),  # 135.00 / 1.5 = 90.00
    ],
)
def test_the_clause_that_the_payer_left_out_or_added_is_named(allowed, implied):
    made = lines({"code": "99213-50", "charge": "600.00"})
    terms = contract(**CLAUSES)
    [price] = priced(made, terms)

    assert implied_price(made[0], price, terms, FEES, Decimal(allowed)) == implied


def test_a_contract_with_every_clause_comes_back_from_json_as_it_was():
    terms = contract(
        **{**CLAUSES, "terms": [
            {"method": "case_rate", "amount": "900", "codes": ["20610"], "covers": "lines"},
            {"method": "per_diem", "codes": ["0120"],
             "tiers": [{"through_day": 3, "amount": "2000"}, {"amount": "1500"}]},
            {"method": "flat", "amount": "1", "codes": ["C1776"], "carve_out": True},
        ]},
        stop_loss=[{"threshold": "1000.00", "percent": 60, "pays": "all", "codes": ["0120"]}],
    )  # fmt: skip

    assert from_json(to_json(terms), Contract) == terms


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"terms": [{"method": "case_rate"}]}, "amount is missing"),
        ({"terms": [{"method": "per_diem", "amount": 5}]}, "codes is missing"),
        ({"terms": [{"method": "per_diem", "codes": ["0120"], "tiers": []}]}, "expected rising days"),
        ({"terms": [{"method": "per_diem", "codes": ["0120"], "tiers": [{"amount": 1, "through_day": 3}]}]}, "the last tier without one"),
        ({"terms": [{"method": "per_diem", "codes": ["0120"], "tiers": [{"amount": 1, "through_day": 3}, {"amount": 1, "through_day": 2}, {"amount": 1}]}]}, "expected rising days"),
        ({"terms": [{"method": "flat", "amount": 1, "covers": "lines"}]}, "covers is for"),
        ({"terms": [{"method": "case_rate", "amount": 1, "covers": "stay"}]}, "expected one of claim, lines"),
        ({"terms": [{"method": "flat", "amount": 1, "carve_out": True}]}, "carve_out needs codes"),
        ({"terms": [{"method": "lesser_of", "options": [{"method": "case_rate", "amount": 1}, {"method": "flat", "amount": 1}]}]}, "an option is case_rate"),
        ({"modifiers": [{"modifier": "5", "percent": 1}]}, "two characters"),
        ({"modifiers": [{"modifier": "50"}]}, "percent is missing"),
        ({"multiple_procedures": [{"percents": [100, 50]}]}, "codes is missing"),
        ({"multiple_procedures": [{"percents": 50, "codes": ["20610"]}]}, "expected a list such as"),
        ({"stop_loss": [{"threshold": 1, "percent": 60}]}, "expected one of excess, all"),
        ({"stop_loss": [{"percent": 60, "pays": "all"}]}, "threshold is missing"),
        ({"stop_loss": [{"threshold": 1, "percent": 99999, "pays": "all"}]}, "10000 at most"),
        ({"terms": [{"method": "flat", "amount": "1e15"}]}, "expected less than"),
        ({"terms": [{"method": "flat", "amount": 1, "codes": "99213"}]}, "expected a list"),
        ({"pays_lesser_of_charge": "false"}, "expected true or false"),
    ],
)  # fmt: skip
def test_a_wrong_clause_is_refused_by_name(raw, words):
    with pytest.raises(InputError, match=words):
        contract(**{"terms": [{"method": "flat", "amount": 1}], **raw})


AMOUNT = st.decimals("0", "99999.99", places=2)


@given(
    charges=st.lists(AMOUNT, min_size=1, max_size=8),
    amount=AMOUNT,
    lesser=st.booleans(),
    threshold=AMOUNT,
    pays=st.sampled_from(["excess", "all"]),
)
def test_shares_add_up_to_the_amount_of_the_case_and_its_stop_loss(
    charges, amount, lesser, threshold, pays
):
    terms = contract(
        terms=[{"method": "case_rate", "amount": str(amount)}],
        stop_loss=[{"threshold": str(threshold), "percent": 60, "pays": pays}],
        pays_lesser_of_charge=lesser,
    )
    made = lines(*({"code": "99213", "charge": str(one)} for one in charges))
    charged = sum(charges)
    due = min(amount, charged) if lesser else amount
    if charged > threshold:
        part = charged - threshold if pays == "excess" else charged
        more = (part * 60 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        due = due + more if pays == "excess" else more
        due = min(due, charged) if lesser else due

    found = priced(made, terms)

    assert sum(price.allowed for price in found) == due
    assert all(price.steps[-1].balance == price.allowed for price in found)
