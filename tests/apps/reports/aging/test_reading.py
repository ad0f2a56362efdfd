"""Long answers as arrays: in their order, none of them, and never with a null."""

from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from cleanclaim.kernel.errors import InvariantError
from tests.apps.reports.kpis.test_kpis import practices  # noqa: F401

pytestmark = pytest.mark.database_core
reading: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.reading"))


def test_a_null_among_numbers_is_refused(practices):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practices()), pytest.raises(InvariantError, match="no null"):
        reading.read_rows("VALUES (1::bigint), (NULL)", {}, ("number", "i8"))


def test_long_answers_are_arrays_in_their_order(practices):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    sql = "SELECT n::bigint, '2000-01-01'::date + n FROM generate_series(%(first)s::int, 3) AS n ORDER BY 1 DESC"
    with tenant(practices()):
        found = reading.read_rows(sql, {"first": 1}, ("number", "i8"), ("day", "i4"))
        none = reading.read_rows(sql, {"first": 9}, ("number", "i8"), ("day", "i4"))

    assert found.tolist() == [(3, 3), (2, 2), (1, 1)]
    assert (len(none), none.dtype) == (0, found.dtype)
