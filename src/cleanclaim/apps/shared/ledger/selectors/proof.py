"""The proof: everything computed again from the legs, nothing believed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.provers import Difference, registered
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import ACCOUNTS, BY_CODE

# One pass over all legs finds the entries, or ids of entries that are missing, that one of `_OF_ENTRIES` has words for.
_SUSPECTS = """
    SELECT DISTINCT coalesce(own.entry_id, entry.id)
      FROM (SELECT entry_id, entity, sum(amount) AS amount, count(*) AS legs,
                   min(accounting_on) AS first, max(accounting_on) AS last
              FROM ledger_leg GROUP BY entry_id, entity) AS own
      FULL JOIN ledger_entry AS entry ON entry.id = own.entry_id
     WHERE own.amount <> 0 OR own.legs < 2 OR own.legs IS NULL OR entry.id IS NULL
        OR own.first <> entry.accounting_on OR own.last <> entry.accounting_on"""
# Each gives rows of (subject, expected, found).
_OF_ENTRIES: dict[str, str] = {
    "entry sums to zero": """
        SELECT 'entry ' || entry_id || CASE entity WHEN '' THEN '' ELSE ' entity ' || entity END,
               0.00, sum(amount)
          FROM ledger_leg WHERE entry_id = ANY(%s::bigint[])
         GROUP BY entry_id, entity HAVING sum(amount) <> 0""",
    "entry has two legs or more": """
        SELECT 'entry ' || entry.id, 2, count(leg.id)
          FROM ledger_entry AS entry LEFT JOIN ledger_leg AS leg ON leg.entry_id = entry.id
         WHERE entry.id = ANY(%s::bigint[])
         GROUP BY entry.id HAVING count(leg.id) < 2""",
    "leg belongs to an entry of its month": """
        SELECT 'leg ' || leg.id, 0.00, leg.amount
          FROM ledger_leg AS leg LEFT JOIN ledger_entry AS entry ON entry.id = leg.entry_id
         WHERE leg.entry_id = ANY(%s::bigint[])
           AND (entry.id IS NULL OR entry.accounting_on <> leg.accounting_on)""",
}
# The receivables by their names: of a pattern the planner may not ask the statistics under row-level security.
_RECEIVABLES = ", ".join(f"'{one.code}'" for one in ACCOUNTS if one.bucket)
_OF_ALL: dict[str, str] = {
    "leg's item is of its claim": """
        SELECT 'leg ' || leg.id, 0.00, leg.amount
          FROM ledger_leg AS leg LEFT JOIN ledger_item AS item ON item.id = leg.item_id
         WHERE leg.item_id <> 0 AND (item.id IS NULL OR item.claim_id <> leg.claim_id)""",
    "item's charge is what was debited": f"""
        SELECT 'item ' || item.id, item.charge, coalesce(charged.amount, 0.00)
          FROM ledger_item AS item
          LEFT JOIN (SELECT leg.item_id, sum(leg.amount) AS amount
                       FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
                      WHERE entry.kind = 'charge' AND leg.account IN ({_RECEIVABLES})
                      GROUP BY leg.item_id) AS charged ON charged.item_id = item.id
         WHERE item.charge <> coalesce(charged.amount, 0.00)""",
    "reversal takes back its entry": """
        SELECT 'entry ' || reversal.id, 0.00, sum(leg.amount)
          FROM ledger_entry AS reversal
          JOIN ledger_leg AS leg ON leg.entry_id IN (reversal.id, reversal.reverses_id)
         WHERE reversal.reverses_id IS NOT NULL
         GROUP BY reversal.id, leg.account, leg.item_id, leg.claim_id, leg.line_number,
                  leg.patient_id, leg.payer_id, leg.reason, leg.trace, leg.entity
        HAVING sum(leg.amount) <> 0""",
}
CHECKS = (*_OF_ENTRIES, *_OF_ALL)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the legs say. Debits and credits are totals of all legs, both positive."""

    entries: int
    legs: int
    items: int
    debit: Decimal
    credit: Decimal
    differences: tuple[Difference, ...]

    @property
    def difference(self) -> Decimal:
        """0.00, or how much does not agree in all, each difference counted as positive."""
        return sum((abs(found.amount) for found in self.differences), abs(self.debit - self.credit))

    @property
    def balanced(self) -> bool:
        """Whether everything agrees."""
        return self.debit == self.credit and not self.differences


# A proof reads every leg several times and nobody waits for much else meanwhile: on a second processor, too, and with
# its sums in memory. Without hashes that are shared between processes: containers have little shared memory.
_WIDE = {
    "max_parallel_workers_per_gather": "1",
    "enable_parallel_hash": "off",
    "work_mem": "64MB",
    # As they are by default, only the totals would be worth the second processor.
    "parallel_setup_cost": "10",
    "parallel_tuple_cost": "0.001",
}


@contextmanager
def _widely() -> Iterator[None]:
    names = list(_WIDE)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['current_setting(%s)'] * len(names))}", names)
        before = cursor.fetchone()
    _set(_WIDE)
    yield
    _set(
        dict(zip(names, before, strict=True))
    )  # where something failed, the transaction ends with it


def _set(values: Mapping[str, str]) -> None:
    """For the rest of the database transaction."""
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def prove() -> Proof:
    """Recompute the tenant's ledger from its legs, then ask the re-provers of the apps above."""
    with _widely():
        return _prove()


def _prove() -> Proof:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_item)"
        )
        entries, items = cursor.fetchone()
        # One pass over the legs for the totals and for the accounts that they name.
        cursor.execute(
            "SELECT account, count(*), coalesce(sum(amount) FILTER (WHERE amount > 0), 0.00), "
            "coalesce(-sum(amount) FILTER (WHERE amount < 0), 0.00) FROM ledger_leg GROUP BY account"
        )
        accounts = cursor.fetchall()
    legs = sum(count for _, count, _, _ in accounts)
    debit, credit = (sum((row[place] for row in accounts), ZERO) for place in (2, 3))
    differences = [
        *_ledger_differences(),
        *_unknown_accounts({account: plus - minus for account, _, plus, minus in accounts}),
    ]
    for prover in registered().values():
        differences.extend(prover())
    return Proof(entries, legs, items, debit, credit, tuple(differences))


def _ledger_differences() -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS)
        suspects = [entry_id for (entry_id,) in cursor.fetchall()]
        asked = [(check, sql, [suspects]) for check, sql in _OF_ENTRIES.items() if suspects]
        for check, sql, values in (*asked, *((check, sql, []) for check, sql in _OF_ALL.items())):
            cursor.execute(sql, values)
            for subject, expected, found in cursor.fetchall():
                yield Difference(check, subject, Decimal(expected), Decimal(found))


def _unknown_accounts(balances: Mapping[str, Decimal]) -> Iterator[Difference]:
    for account, amount in balances.items():
        if account not in BY_CODE:
            yield Difference("account is in the chart", f"account {account}", ZERO, amount)
