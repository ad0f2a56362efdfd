"""What posting has written, to be compared."""

NOT_COMPARED = {
    "id",
    "recorded_at",
    "transaction_number",
    "transaction_began_at",
    "at",
    "sealed_in",
    "changed_at",
    "opened_at",
    "posted_at",
}


def written() -> dict[str, list]:
    """Every row of the practice that posting may write; entries by their keys instead of their numbers."""
    from cleanclaim.apps.billing.claims.models import Claim, ClaimEvent
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.ledger.models import Entry, ItemBucket, Leg
    from cleanclaim.apps.shared.work.models import WorkItem

    keys = dict(Entry.objects.values_list("id", "idempotency_key")) | {0: "", None: None}
    found = {}
    for model in (
        Entry,
        Leg,
        ItemBucket,
        Claim,
        ClaimEvent,
        Remittance,
        RemittanceClaim,
        WorkItem,
        AuditEvent,
    ):
        rows = []
        for row in model.objects.values():
            for name in ("entry_id", "unapplied_entry_id"):
                if name in row:
                    row[name] = keys[row[name]]
            rows.append(sorted((k, str(v)) for k, v in row.items() if k not in NOT_COMPARED))
        found[model.__name__] = sorted(rows)
    return found
