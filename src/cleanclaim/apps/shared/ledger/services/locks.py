"""Locks for services that read a balance and then post on it.

The tables are append-only, so that there is no row to lock: PostgreSQL's advisory locks stand in,
held until the database transaction ends.
"""

from collections.abc import Iterable

from django.db import connection

from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import StateError

SINGLY = 1000


def lock_claims(claim_ids: Iterable[int]) -> None:
    """Wait until nobody else posts on a balance of these claims, then keep others waiting.

    More than `SINGLY` are kept by the one lock of all claims: the server has room for some thousands of locks.
    """
    wanted = sorted(set(claim_ids))
    if len(wanted) > SINGLY:
        lock_all_claims()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [_all_claims()]
        )
    lock_names(f"claim {claim_id}" for claim_id in wanted)


def try_lock_claims(claim_ids: Iterable[int]) -> set[int]:
    """As `lock_claims`, without waiting; returns the claims that are locked now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))", [_all_claims()]
        )
        if not cursor.fetchone()[0]:
            return set()
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) AS id "
            "WHERE pg_try_advisory_xact_lock(hashtextextended(%s || id, 0))",
            [sorted(set(claim_ids)), f"ledger {current_tenant()} claim "],
        )
        return {claim_id for (claim_id,) in cursor}


def lock_all_claims() -> None:
    """As `lock_claims` for every claim of the organization, by one lock: the server has room for some thousands.

    Raises:
        StateError: this transaction keeps single claims already, and so does another: each would wait for the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() "
            "AND mode = 'ShareLock' AND objsubid = 1 AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(%s, 0)",
            [_all_claims()],
        )
        keeps_some = bool(cursor.fetchone()[0])
        ask = "pg_try_advisory_xact_lock" if keeps_some else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {ask}(hashtextextended(%s, 0))", [_all_claims()])
        if keeps_some and not cursor.fetchone()[0]:
            raise StateError(
                "somebody else posts on claims at this moment",
                hint="Nothing was posted. Do it again in a minute.",
            )


def _all_claims() -> str:
    return f"ledger {current_tenant()} claims"


def lock_credits(account: str, payer_ids: Iterable[int], *, trace: str = "") -> None:
    """Keep others off what payers have on an account, under a trace where it has one.

    Who refunds it, settles something with it or lays it on a claim takes this same lock.
    """
    lock_names(credit_lock(f"{account}|0|0|{one}|{trace}") for one in sorted(payer_ids))


def credit_lock(key: str) -> str:
    """The name of the lock on the credit with this key: `account|item|patient|payer|trace`."""
    return f"credit {key}"


def lock_names(names: Iterable[str]) -> None:
    """Lock named things of this organization, in the order given (sort them, or two may deadlock)."""
    wanted = [f"ledger {current_tenant()} {name}" for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) "
            "FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place",
            [wanted],
        )
