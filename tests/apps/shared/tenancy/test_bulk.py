"""Rows inserted by arrays: a column of one value goes as that value, and gives the same rows."""

import datetime
from decimal import Decimal

import pytest

from cleanclaim.apps.shared.tenancy.context import tenant

NAMES = ["claim_id", "line_number", "patient_id", "charge", "service_on", "procedure", "bucket"]
DAY = datetime.date(2026, 1, 2)


@pytest.fixture
def inside(practice):
    """A model to write to, and the module under test."""
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.tenancy import bulk

    with tenant(practice):
        yield Item, bulk


def stored(item) -> list[tuple]:
    return list(item.objects.order_by("line_number").values_list(*NAMES))


@pytest.mark.parametrize("count", [1, 2, 199, 200, 201])
def test_rows_are_the_same_however_many(inside, count):
    item, bulk = inside
    assert bulk.MANY == 200  # the counts above stand around it
    rows = [
        (7, number, 8, Decimal("1.10"), DAY, 'a "b\\', "payer:1") for number in range(1, count + 1)
    ]

    assert bulk.insert_rows(item, NAMES, rows) == count

    assert stored(item) == rows


def test_many_rows_alike_in_every_column(inside):
    item, bulk = inside
    rows = [(7, 1, 8, Decimal("0.00"), DAY, "", "patient")] * bulk.MANY

    assert bulk.insert_rows(item, NAMES, rows) == bulk.MANY

    assert stored(item) == rows


def test_a_value_that_comes_once_more_than_the_others_is_no_constant(inside):
    item, bulk = inside
    charges = [Decimal("5.00")] * bulk.MANY + [Decimal("5.01")]
    rows = [(7, at, 8, charge, DAY, "x", "payer:1") for at, charge in enumerate(charges)]

    bulk.insert_rows(item, NAMES, rows)

    assert [row[3] for row in stored(item)] == charges


def test_nothing_asks_nothing(inside, django_assert_num_queries):
    item, bulk = inside
    with django_assert_num_queries(0):
        assert bulk.insert_rows(item, NAMES, []) == 0


def test_a_worded_insertion_is_not_run_yet(inside):
    item, bulk = inside
    worded = bulk.insertion(item, NAMES, [(7, 1, 8, Decimal("1.00"), DAY, "x", "payer:1")])

    assert stored(item) == []
    assert worded.run() == 1
    assert len(stored(item)) == 1
