"""Keyset pages: each row once, in order, whatever is inserted meanwhile; bad cursors are the sender's error."""

import base64
import json

import pytest

from cleanclaim.apps.shared.pages.paging import LARGEST_ID, bounded_id, keyset_page
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InputError

pytestmark = pytest.mark.database_core


@pytest.fixture
def events(database, practice: int):
    """Nine audit events with three different patients, as rows to page through."""
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.services import record_audit

    with tenant(practice):
        for _ in range(3):
            record_audit("read", patient_ids=[1, 2, 3], by=None, what="page")
        yield AuditEvent.objects.all()


@pytest.mark.parametrize("size", [1, 2, 4, 9, 200])
def test_pages_together_are_the_whole_list(events, size) -> None:
    for order in (("id",), ("-id",), ("patient_id", "-id"), ("-patient_id", "id"), ("at", "-id")):
        assert _walk(events, order, size) == list(
            events.order_by(*order).values_list("pk", flat=True)
        ), order


def _walk(events, order, size: int) -> list[int]:
    seen, cursor = [], ""
    for _ in range(20):
        page = keyset_page(events, order=order, cursor=cursor, size=size)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    return seen


def test_a_row_added_on_top_moves_nothing(events) -> None:
    from cleanclaim.apps.shared.audit.services import record_audit

    first = keyset_page(events, order=("-id",), size=4)
    record_audit("read", patient_ids=[9], by=None, what="page")
    second = keyset_page(events, order=("-id",), cursor=first.next_cursor, size=4)

    ids = [row.pk for row in [*first.rows, *second.rows]]
    assert (len(set(ids)), first.is_first, second.is_first) == (8, True, False)
    assert ids == sorted(ids, reverse=True)


def _pack(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        _pack([]),
        _pack([1, 2]),
        _pack({"id": 1}),
        _pack(["one"]),
        _pack([None]),
        _pack([True]),
        _pack([LARGEST_ID + 1]),
        _pack([[[1]]]),
        _pack([1]) + "A" * 700,
        "é",
    ],
)
def test_a_bad_cursor_is_refused_in_words(template_database, cursor: str) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent

    with pytest.raises(InputError, match="page cursor"):
        keyset_page(AuditEvent.objects.all(), order=("id",), cursor=cursor)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "9" * 20, str(LARGEST_ID + 1), "１"])
def test_ids_from_outside_are_bounded(text: str) -> None:
    with pytest.raises(InputError, match="whole number"):
        bounded_id(text)


def test_the_largest_id_is_one() -> None:
    assert bounded_id(str(LARGEST_ID)) == LARGEST_ID
