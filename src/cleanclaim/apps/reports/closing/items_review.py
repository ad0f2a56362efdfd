"""Look over what was entered in a month: is it on the account that it belongs to, and does anything stand out?

Each test is one question to the rows of the month. A finding names its entry and why; a person looks at it, says so, or
has a reduction re-classified by two persons (`adjustments`, kind reclass).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from cleanclaim.apps.billing.remittances.payer_rules import payer_rules
from cleanclaim.apps.reports.closing.items_marks import Row, seen
from cleanclaim.apps.reports.closing.months import last_of
from cleanclaim.apps.reports.closing.review_models import EntryReview
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.kernel.money import show
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting import rules_in_force
from cleanclaim.rules.posting.payer_rules import rule_for
from cleanclaim.rules.posting.placing import usual_account
from cleanclaim.values.accounts import BY_CODE

FIGURES = Path(__file__).parent / "parameters" / "items_review.yaml"
MOST = 5_000  # findings of one test; where there are more, it is told, and nothing is called done


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test found. `account` and `belongs_to` where it is on the wrong one.

    `leg_id` and `item_id` are 0 where it is about a whole entry; of the same entered twice the leg is the last one.
    """

    test: str
    entry_id: int
    amount: Decimal
    words: str
    posted_by: int | None = None
    item_id: int = 0
    leg_id: int = 0
    account: str = ""
    belongs_to: str = ""
    review: EntryReview | None = None

    @property
    def row(self) -> Row:
        """What a mark is about."""
        return (self.entry_id, self.leg_id, self.test)


@dataclass(frozen=True, slots=True)
class Question:
    """A test and what it found, what was looked at already included. `is_cut`: there are more than are shown."""

    name: str
    question: str
    findings: tuple[Finding, ...]
    is_cut: bool

    @property
    def left(self) -> list[Finding]:
        """What nobody has looked at."""
        return [one for one in self.findings if one.review is None]


Rows = list[tuple[Any, ...]]
# Entries of the month that stand: neither a reversal nor taken back.
_STANDS = (
    "entry.accounting_on BETWEEN %(first)s::date AND %(last)s::date AND entry.reverses_id IS NULL "
    "AND NOT EXISTS (SELECT FROM ledger_entry AS back WHERE back.reverses_id = entry.id)"
)
# A leg's day is its entry's.
_OF_MONTH = "leg.accounting_on BETWEEN %(first)s::date AND %(last)s::date"


def review_month(month: date, *, only: Collection[str] | None = None) -> list[Question]:
    """Every test of a month, or `only` some; the figures are those in force on its last day."""
    last = last_of(month)
    figures = parameter(FIGURES).value(on=last)
    asked = {
        "first": month,
        "last": last,
        "most": MOST + 1,
        **figures,
        "zone": timezone.get_current_timezone_name(),
    }
    found = {name: run(asked) for name, (_, run) in TESTS.items() if only is None or name in only}
    marks = seen(one.row for some in found.values() for one in some)
    return [
        Question(
            name,
            TESTS[name][0],
            tuple(
                replace(one, review=marks[one.row]) if one.row in marks else one
                for one in some[:MOST]
            ),
            len(some) > MOST,
        )
        for name, some in found.items()
    ]


def _ask(sql: str, asked: dict[str, Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()


# The wrong legs with what is still on the account for their item. They come first, once; the sum of an item is asked of its
# claim's index, which has no claim 0. Those of whose item something is to be or was re-classified all come.
_WRONG = f"""
WITH there AS MATERIALIZED (
    SELECT leg.id, leg.entry_id, leg.claim_id, leg.item_id, leg.account, leg.reason, leg.payer_id, leg.amount, entry.posted_by
    FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
    JOIN unnest(%(accounts)s::text[], %(reasons)s::text[], %(payers)s::bigint[]) AS wrong(account, reason, payer_id)
    ON wrong.account = leg.account AND wrong.reason = leg.reason AND wrong.payer_id = leg.payer_id
    WHERE {_STANDS} AND {_OF_MONTH} AND entry.kind = 'payment' AND leg.amount > 0),
found AS MATERIALIZED (
    SELECT there.*, CASE there.claim_id WHEN 0 THEN there.amount ELSE (
            SELECT sum(now.amount) FROM ledger_leg AS now WHERE now.claim_id = there.claim_id AND now.claim_id <> 0
            AND now.item_id = there.item_id AND now.account = there.account) END AS left_there,
        EXISTS (SELECT FROM adjustments_adjustmentline AS line WHERE line.item_id = there.item_id) AS is_asked
    FROM there)
SELECT id, entry_id, item_id, account, reason, amount, left_there, posted_by, is_asked FROM found
WHERE left_there > 0 ORDER BY is_asked DESC, least(amount, left_there) DESC, entry_id, id
LIMIT %(most)s + (SELECT count(*) FROM found WHERE is_asked)"""

_RECLASSED = """
SELECT line.item_id, line.account, line.counter, -line.amount, asked.evidence->>'entry', asked.evidence->>'leg'
FROM adjustments_adjustmentline AS line JOIN adjustments_adjustment AS asked ON asked.id = line.adjustment_id
WHERE line.item_id = ANY(%(items)s::bigint[]) AND asked.kind = 'reclass' AND asked.state IN ('waiting', 'posted')
ORDER BY line.id"""


def _placed(asked: dict[str, Any]) -> list[Finding]:
    """Reductions by payers' codes on another account than the policy gives them."""
    pairs = _ask(
        "SELECT DISTINCT leg.account, leg.reason, leg.payer_id FROM ledger_leg AS leg "
        "JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
        f"WHERE {_STANDS} AND {_OF_MONTH} AND entry.kind = 'payment' AND leg.account LIKE 'contra:%%' AND leg.reason <> ''",
        asked,
    )
    wrong: dict[tuple[str, str, int], str] = {}
    for account, reason, payer_id in pairs:
        usual_one = usual_account(reason, on=asked["last"])
        if usual_one is None or usual_one == account or _by_rule(reason, payer_id, asked["last"]):
            continue
        wrong[account, reason, payer_id] = usual_one
    if not wrong:
        return []
    accounts, reasons, payers = (array_text(list(column)) for column in zip(*wrong, strict=True))
    rows = _ask(_WRONG, {**asked, "accounts": accounts, "reasons": reasons, "payers": payers})
    usual = {(account, reason): where for (account, reason, _), where in wrong.items()}
    found = [
        Finding(
            "placed", entry_id, min(amount, there), _placed_words(account, reason, usual[account, reason]), by, item_id,
            leg_id, account, usual[account, reason],
        )
        for leg_id, entry_id, item_id, account, reason, amount, there, by, _ in rows
    ]  # fmt: skip
    full = {row[0]: row[5] for row in rows}
    items = array_text(list({row[2] for row in rows if row[-1]}))
    moved = less_reclassed(
        found, full, [Reclassed(*row) for row in _ask(_RECLASSED, {"items": items})]
    )
    kept = [
        replace(one, amount=moved[one.leg_id]) if moved[one.leg_id] < one.amount else one
        for one in found
        if moved[one.leg_id] > 0
    ]
    return sorted(kept, key=lambda one: (-one.amount, one.entry_id, one.leg_id))[: asked["most"]]


@dataclass(frozen=True, slots=True)
class Reclassed:
    """What was asked or posted to be re-classified of an item; entry and leg where the request names them."""

    item_id: int
    account: str
    counter: str
    amount: Decimal
    entry_id: str | None
    leg_id: str | None


def less_reclassed(
    found: Sequence[Finding], full: Mapping[int, Decimal], asked: Sequence[Reclassed]
) -> dict[int, Decimal]:
    """What of each leg nobody asked to re-classify, by its id. `full` are the legs' amounts.

    A request counts once: against the leg that it names, else first against those of its item that belong where it goes to.
    """
    left = dict(full)
    by_item: dict[tuple[int, str], list[Finding]] = {}
    for one in sorted(found, key=lambda one: one.leg_id):
        by_item.setdefault((one.item_id, one.account), []).append(one)
    for request in asked:
        rest = request.amount
        of_item = by_item.get((request.item_id, request.account), [])
        for one in sorted(of_item, key=lambda one: one.belongs_to != request.counter):
            if request.leg_id in (None, str(one.leg_id)) and request.entry_id in (
                None,
                str(one.entry_id),
            ):
                taken = min(rest, left[one.leg_id])
                left[one.leg_id] -= taken
                rest -= taken
    return left


def _by_rule(reason: str, payer_id: int, on: date) -> bool:
    """Whether a rule of the practice decides where this payer's reductions of the code go: then it belongs there."""
    group, _, code = reason.partition("-")
    rules = rules_in_force(payer_rules(payer_id), payer_id=payer_id, on=on)
    return rule_for(rules, group, code, Decimal("0.01")) is not None


def _placed_words(account: str, reason: str, usual: str) -> str:
    where = BY_CODE[account].name.lower()
    if not usual:
        return f"{reason} is on {where}, and reduces nothing of ours"
    return f"{reason} is on {where}, and belongs to {BY_CODE[usual].name.lower()}"


# The legs that are large come first: only of their accounts the year is read. The median is counted from how
# often each amount occurs, without sorting the year's legs.
_FAR_FROM_USUAL = f"""
WITH large AS MATERIALIZED (
    SELECT leg.entry_id, abs(leg.amount) AS amount, leg.account, leg.reason, entry.posted_by, leg.item_id, leg.id
    FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
    WHERE {_STANDS} AND {_OF_MONTH} AND abs(leg.amount) >= %(usual_amount)s::numeric
    AND leg.account NOT LIKE 'receivable:%%'),  -- of its two sides the one that says what it is
often AS (
    SELECT leg.account, leg.reason, abs(leg.amount) AS amount, count(*) AS legs FROM ledger_leg AS leg
    WHERE leg.accounting_on > %(last)s::date - 365 AND leg.accounting_on <= %(last)s::date
    AND leg.account = ANY(ARRAY(SELECT DISTINCT account FROM large))
    GROUP BY leg.account, leg.reason, abs(leg.amount)),
summed AS (
    SELECT account, reason, amount, sum(legs) OVER (PARTITION BY account, reason) AS legs,
        sum(legs) OVER (PARTITION BY account, reason ORDER BY amount) AS legs_up_to
    FROM often),
year AS (
    SELECT account, reason, min(amount) AS usual FROM summed
    WHERE legs >= %(usual_legs)s AND legs_up_to * 2 >= legs GROUP BY account, reason)
SELECT large.entry_id, large.amount, large.account, large.reason, year.usual, large.posted_by, large.item_id, large.id
FROM large JOIN year ON year.account = large.account AND year.reason = large.reason
WHERE large.amount > year.usual * %(times_usual)s::numeric
ORDER BY large.amount DESC, large.id LIMIT %(most)s"""


def _unusual(asked: dict[str, Any]) -> list[Finding]:
    rows = _ask(_FAR_FROM_USUAL, asked)
    return [
        Finding(
            "unusual", entry_id, amount,
            f"{BY_CODE[account].name}{reason and f', {reason}'}: usually {show(usual)}", by, item_id,
            leg_id,
        )
        for entry_id, amount, account, reason, usual, by, item_id, leg_id in rows
    ]  # fmt: skip


def _twice(asked: dict[str, Any]) -> list[Finding]:
    rows = _ask(
        "SELECT max(leg.entry_id), leg.amount, leg.account, leg.reason, leg.item_id, count(DISTINCT leg.entry_id), min(leg.entry_id), "
        "(array_agg(leg.id ORDER BY leg.entry_id DESC, leg.id DESC))[1] "
        "FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
        f"WHERE {_STANDS} AND {_OF_MONTH} AND leg.item_id <> 0 AND leg.account NOT LIKE 'receivable:%%' AND entry.kind <> 'charge' "
        "GROUP BY leg.item_id, leg.account, leg.reason, leg.amount, leg.accounting_on "
        "HAVING count(DISTINCT leg.entry_id) > 1 ORDER BY 2 DESC, 1, 8 LIMIT %(most)s",
        asked,
    )
    return [
        Finding(
            "twice", entry_id, amount,
            f"{BY_CODE[account].name}{reason and f', {reason}'}: the same on the same item in {count} entries, the first is {first}",
            None, item_id, leg_id,
        )
        for entry_id, amount, account, reason, item_id, count, first, leg_id in rows
    ]  # fmt: skip


def _of_entries(
    test: str, where: str, words: Callable[[Any], str], column: str
) -> Callable[[dict[str, Any]], list[Finding]]:
    """A test that looks at whole entries; `column` is what its words need."""

    def run(asked: dict[str, Any]) -> list[Finding]:
        rows = _ask(
            f"SELECT entry.id, entry.posted_by, {column}, (SELECT coalesce(sum(greatest(leg.amount, 0)), 0.00) "
            f"FROM ledger_leg AS leg WHERE leg.entry_id = entry.id) AS amount FROM ledger_entry AS entry "
            f"WHERE {_STANDS} AND {where} ORDER BY amount DESC, entry.id LIMIT %(most)s",
            asked,
        )
        return [Finding(test, pk, amount, words(one), by) for pk, by, one, amount in rows]

    return run


_late = _of_entries(
    "late",
    "entry.kind NOT IN ('opening') AND entry.accounting_on - entry.effective_on > %(late_days)s",
    lambda days: f"booked {days} days after the day that it counts for",
    "entry.accounting_on - entry.effective_on",
)
_AT = "entry.recorded_at AT TIME ZONE %(zone)s"
_hours = _of_entries(
    "hours",
    f"entry.posted_by IS NOT NULL AND (extract(isodow FROM {_AT}) > 5 OR extract(hour FROM {_AT}) < %(from_hour)s "
    f"OR extract(hour FROM {_AT}) >= %(to_hour)s)",
    lambda at: f"entered {at:%A %Y-%m-%d %H:%M}",
    _AT,
)
_round = _of_entries(
    "round",
    "entry.posted_by IS NOT NULL AND entry.kind IN ('write-off', 'transfer', 'correction', 'accrual', 'reclass') "
    "AND EXISTS (SELECT FROM ledger_leg AS leg WHERE leg.entry_id = entry.id "
    "AND leg.amount >= %(round_amount)s::numeric AND leg.amount %% 100 = 0)",
    lambda kind: f"a round sum, typed by a person ({kind})",
    "entry.kind",
)
_near = _of_entries(
    "near",
    "EXISTS (SELECT FROM adjustments_adjustmentline AS line JOIN adjustments_adjustment AS asked ON asked.id = line.adjustment_id "
    "WHERE line.entry_id = entry.id AND asked.alone_limit IS NOT NULL AND asked.alone_limit > 0 "
    "AND asked.amount >= asked.alone_limit * %(near_limit)s::numeric)",
    lambda limit: f"posted alone, just below the person's limit of {show(limit)}",
    "(SELECT max(asked.alone_limit) FROM adjustments_adjustmentline AS line "
    "JOIN adjustments_adjustment AS asked ON asked.id = line.adjustment_id WHERE line.entry_id = entry.id)",
)
TESTS: dict[str, tuple[str, Callable[[dict[str, Any]], list[Finding]]]] = {
    "placed": ("Is each reduction on the account that it belongs to?", _placed),
    "unusual": ("Is an amount far from what is usual?", _unusual),
    "twice": ("Was the same entered twice?", _twice),
    "late": ("Was it booked long after its day?", _late),
    "hours": ("Was it entered outside working hours?", _hours),
    "near": ("Was it posted alone, just below a limit?", _near),
    "round": ("Is it a large round sum?", _round),
}


def reason_for(account: str) -> str:
    """The reason of the adjustment that moves a reduction to this account; empty where it has none."""
    return f"as_{account.removeprefix('contra:').replace('-', '_')}" if account else ""
