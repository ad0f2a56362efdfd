"""Audit events are written with the change, once per patient."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InvariantError

pytestmark = pytest.mark.database_core


def test_one_event_per_patient_in_one_statement(database, practice: int) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.services import record_audit, request_scope

    with tenant(practice), request_scope("abc"), CaptureQueriesContext(connection) as queries:
        record_audit("export", patient_ids=[3, 1, 3], by=None, what="claims", detail="2 rows")

    with tenant(practice):
        rows = AuditEvent.objects.order_by("id").values_list("patient_id", "request_id", "by")
        assert list(rows) == [(1, "abc", None), (3, "abc", None)]
    assert len(queries) == 1


def test_an_event_goes_with_its_change_when_that_is_undone(database, practice: int) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.services import record_audit

    with pytest.raises(ZeroDivisionError), tenant(practice):
        record_audit("change", patient_ids=[1], by=1, what="claim")
        raise ZeroDivisionError

    with tenant(practice):
        assert AuditEvent.objects.count() == 0


def test_an_unknown_action_is_our_bug(database, practice: int) -> None:
    from cleanclaim.apps.shared.audit.services import record_audit

    with pytest.raises(InvariantError, match="glance"), tenant(practice):
        record_audit("glance", patient_ids=[1], by=1, what="claim")
