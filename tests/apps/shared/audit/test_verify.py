"""Tampering by the database's owner is found and the first bad event is named; each control also has a twin without it."""

from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError

from cleanclaim.apps.shared.tenancy.context import tenant

pytestmark = pytest.mark.database_core

EVENTS = 6


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "audit-heads"


@pytest.fixture
def ids(database, practice: int) -> list[int]:
    """Six events of one practice, not sealed yet."""
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.services import record_audit

    with tenant(practice):
        record_audit("read", patient_ids=range(1, EVENTS + 1), by=7, what="claim page")
        return list(AuditEvent.objects.order_by("id").values_list("pk", flat=True))


def seal(practice: int, heads: Path) -> int:
    from cleanclaim.apps.shared.audit.sealing import seal_organization

    return seal_organization(practice, heads)


def verify(heads: Path | None):
    from cleanclaim.apps.shared.audit.verify import verify_all

    return verify_all(heads)


def tamper(database, *statements: str) -> None:
    """As the owner with triggers off and row-level security lifted: what a dishonest administrator can do."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        for table in ("audit_auditevent", "audit_auditblock"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for statement in statements:
            owner.execute(statement)
        for table in ("audit_auditevent", "audit_auditblock"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def found(report) -> list[tuple[str, int | None]]:
    return [(problem.kind, problem.event_id) for problem in report.problems]


def test_an_untouched_trail_is_proved(practice: int, ids: list[int], heads: Path) -> None:
    sealed = seal(practice, heads)

    report = verify(heads)

    assert (sealed, report.sealed, report.unsealed, report.problems) == (EVENTS, EVENTS, 0, [])


def test_an_edited_event_is_found(database, practice, ids, heads) -> None:
    seal(practice, heads)

    tamper(database, f"UPDATE audit_auditevent SET patient_id = 99 WHERE id = {ids[2]}")

    assert found(verify(heads)) == [("edited", ids[2])]


@pytest.mark.parametrize(
    "change",
    [
        '"by" = 8',
        '"by" = NULL',
        "at = at + interval '1 microsecond'",
        "what = 'claim pag', detail = 'e'",
        "request_id = 'x'",
        "purpose = 'x'",
        "action = 'change'",
    ],
)
def test_an_edit_of_any_field_is_found(database, practice, ids, heads, change: str) -> None:
    seal(practice, heads)

    tamper(database, f"UPDATE audit_auditevent SET {change} WHERE id = {ids[0]}")

    assert found(verify(heads)) == [("edited", ids[0])]


def test_a_deleted_event_is_found(database, practice, ids, heads) -> None:
    seal(practice, heads)

    tamper(database, f"DELETE FROM audit_auditevent WHERE id IN ({ids[3]}, {ids[4]})")

    assert found(verify(heads)) == [("deleted", ids[3])]


def test_an_inserted_event_is_found(database, practice, ids, heads) -> None:
    tamper(database, f"DELETE FROM audit_auditevent WHERE id = {ids[1]}")
    seal(practice, heads)
    tamper(
        database,
        "INSERT INTO audit_auditevent (id, organization_id, patient_id, action, what, detail, purpose, request_id)"
        f" VALUES ({ids[1]}, {practice}, 1, 'read', 'claim page', '', '', '')",
    )

    assert found(verify(heads)) == [("inserted", ids[1])]


def test_a_cut_off_tail_is_found_by_the_head_outside(database, practice, ids, heads) -> None:
    first, second = _two_blocks(practice, ids, heads)

    tamper(
        database,
        f"DELETE FROM audit_auditevent WHERE id >= {second}",
        "DELETE FROM audit_auditblock WHERE id = (SELECT max(id) FROM audit_auditblock)",
    )

    assert found(verify(heads)) == [("cut off", second)]
    assert first < second


def test_without_the_head_a_cut_off_tail_is_not_found(database, practice, ids, heads) -> None:
    _, second = _two_blocks(practice, ids, heads)

    tamper(
        database,
        f"DELETE FROM audit_auditevent WHERE id >= {second}",
        "DELETE FROM audit_auditblock WHERE id = (SELECT max(id) FROM audit_auditblock)",
    )

    assert found(verify(None)) == []


def test_a_missing_head_file_is_a_problem_of_its_own(practice, ids, heads) -> None:
    seal(practice, heads)

    (heads / f"{practice}.jsonl").unlink()

    assert found(verify(heads)) == [("no head", None)]


def test_without_sealing_an_edit_is_not_found(database, practice, ids, heads) -> None:
    tamper(database, f"UPDATE audit_auditevent SET patient_id = 99 WHERE id = {ids[2]}")

    report = verify(heads)

    assert (found(report), report.unsealed) == ([], EVENTS)


def test_a_chain_made_anew_over_edited_events_is_found_by_the_head(
    database, practice, ids, heads, tmp_path
) -> None:
    seal(practice, heads)

    tamper(
        database,
        f"UPDATE audit_auditevent SET patient_id = 99 WHERE id = {ids[2]}",
        "DELETE FROM audit_auditblock",
        "SELECT setval(pg_get_serial_sequence('audit_auditblock', 'id'), 1, false)",
    )
    seal(practice, tmp_path / "elsewhere")

    assert found(verify(None)) == []
    assert found(verify(heads)) == [("block changed", ids[0])]


def test_a_changed_block_is_found(database, practice, ids, heads) -> None:
    seal(practice, heads)

    tamper(database, "UPDATE audit_auditblock SET count = count - 1")

    assert found(verify(heads)) == [("block changed", ids[0])]


def test_triggers_left_off_are_reported(database, practice, ids, heads) -> None:
    seal(practice, heads)

    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER refuse_change")

    assert found(verify(heads)) == [("unprotected", None)]


def test_a_transaction_still_open_holds_the_sealer_back(database, practice, ids, heads) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.sealing import seal_organization
    from cleanclaim.apps.shared.audit.services import record_audit

    with psycopg.connect(database.app) as slow:
        slow.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(practice)])
        slow.execute(
            "INSERT INTO audit_auditevent (patient_id, action, what, detail, purpose, request_id)"
            " VALUES (1, 'read', 'slow page', '', '', '')"
        )
        with tenant(practice):
            record_audit("read", patient_ids=[2], by=None, what="quick page")
        while_open = seal_organization(practice, heads, wait_seconds=0.2)
        slow.commit()
    afterwards = seal_organization(practice, heads)

    assert (while_open, afterwards) == (0, EVENTS + 2)
    assert found(verify(heads)) == []
    with tenant(practice):
        assert AuditEvent.objects.count() == EVENTS + 2


def test_the_app_role_can_not_change_or_remove_events(database, practice, ids) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent

    for attempt in (AuditEvent.objects.all().delete, lambda: AuditEvent.objects.update(by=1)):
        with pytest.raises(DatabaseError), tenant(practice):
            attempt()


def test_events_of_one_tenant_are_not_seen_by_another(practice, plan, ids) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent

    with tenant(plan):
        assert AuditEvent.objects.count() == 0


def _two_blocks(practice: int, ids: list[int], heads: Path) -> tuple[int, int]:
    """Seal the six events, add three more and seal those; returns the first id of each block."""
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.audit.services import record_audit

    seal(practice, heads)
    with tenant(practice):
        record_audit("change", patient_ids=[1, 2, 3], by=None, what="claim")
        second = AuditEvent.objects.filter(pk__gt=ids[-1]).order_by("id").first().pk
    seal(practice, heads)
    return ids[0], second
