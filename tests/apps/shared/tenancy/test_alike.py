"""Rows with one object for equal numbers and days, and only while it is asked for."""

from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.tenancy import alike
from cleanclaim.apps.shared.tenancy.alike import equal_values_once
from cleanclaim.apps.shared.tenancy.context import tenant

ASKED = "SELECT 12.50::numeric, 12.5::numeric, '2026-02-28'::date, NULL::numeric FROM generate_series(1, 2)"


def rows() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        return cursor.fetchall()


def test_equal_texts_are_one_object_and_the_values_are_the_same(practice):
    with tenant(practice):
        plain = rows()
        with equal_values_once():
            first, second = rows()
        after = rows()

    assert [first, second] == plain == after
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert after[0][0] is not after[1][0]
    assert (type(first[0]), type(first[2])) == (Decimal, date)


def test_what_prints_otherwise_stays_another_value(practice):
    with tenant(practice), equal_values_once():
        [first, _] = rows()

    assert (str(first[0]), str(first[1])) == ("12.50", "12.5")


def test_what_is_known_is_forgotten_before_it_fills_the_memory(practice, monkeypatch):
    monkeypatch.setattr(alike, "KNOWN_AT_MOST", 2)
    with tenant(practice), equal_values_once(), connection.cursor() as cursor:
        cursor.execute("SELECT number::numeric FROM generate_series(1, 9) AS number")
        found = [value for (value,) in cursor.fetchall()]

    assert found == [Decimal(number) for number in range(1, 10)]
    assert len(alike._Numbers.values) <= 2
