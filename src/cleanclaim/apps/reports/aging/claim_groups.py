"""Which group every claim is in, read in one statement as arrays."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.db import connection

from cleanclaim.apps.reports.aging.blocks import (
    BUCKETS,
    NO_DAY,
    Array,
    day_number,
    look_up,
)
from cleanclaim.apps.reports.aging.reading import fetch, read_rows
from cleanclaim.apps.reports.aging.then import sent_then, stood_by_payer
from cleanclaim.apps.reports.aging.view import COLLECTOR_JOIN, OF_CLAIM, Measure, View

DENSE = 8  # numbers of claims are close where this many times the claims hold them all


@dataclass(frozen=True, slots=True)
class Claims:
    """Each claim's group as a number of `groups` (0: of items without a claim), and the day it was sent."""

    groups: list[tuple[str, ...]]
    ids: Array  # sorted; of close numbers every number from the first to the last
    codes: Array  # of each id, and one more
    submitted: Array  # so, too
    is_dense: bool = False
    then: Array = field(
        default_factory=lambda: np.zeros(0, np.int64)
    )  # claim and bucket (`_key`), sorted
    then_codes: Array = field(
        default_factory=lambda: np.zeros(1, np.int64)
    )  # of each, and one more

    def codes_of(self, claim_ids: Array, buckets: Array) -> Array:
        """The group of each item, by its claim; of claims with several payers by its bucket, too."""
        codes = self._column(self.codes, claim_ids, 0)
        if not len(self.then):
            return codes
        places, is_known = look_up(self.then, _key(claim_ids, buckets))
        return np.where(is_known, self.then_codes[places], codes)

    def submitted_of(self, claim_ids: Array) -> Array:
        """The sending day of each claim, NO_DAY where it was never sent."""
        return self._column(self.submitted, claim_ids, NO_DAY)

    def _column(self, column: Array, claim_ids: Array, otherwise: int) -> Array:
        if not self.is_dense:
            places, is_known = look_up(self.ids, claim_ids)
            return np.where(is_known, column[places], otherwise)
        places = claim_ids - self.ids[0]
        places[(places < 0) | (places >= len(self.ids))] = len(self.ids)
        return column[places]


def _key(claim_ids: Array, buckets: Array) -> Array:
    return claim_ids * len(BUCKETS) + buckets


def of_claim(view: View) -> list[str]:
    """The view's groups that claims decide, in its order."""
    return [name for name in view.by if name in OF_CLAIM]


def claim_groups(view: View) -> Claims:
    """The groups and sending days that the view asks for; nothing is read where it asks for none."""
    names = of_claim(view)
    nobody = tuple("" for _ in names)
    none = Claims([nobody], np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64))
    if not names and view.measure is not Measure.SUBMITTED:
        return none
    rows = _rows(names, with_days=view.measure is Measure.SUBMITTED)
    if not rows:
        return none
    return _of_payers_then(view, _of_rows(view, names, rows))


def _of_rows(view: View, names: list[str], rows: list[tuple[Any, ...]]) -> Claims:
    """The claims as their rows say, but for sendings after the view's day."""
    ids = np.concatenate([row[-2] for row in rows])
    codes = np.repeat(np.arange(1, len(rows) + 1), [len(row[-2]) for row in rows])
    submitted = (
        np.concatenate([row[-1] for row in rows])
        if rows[0][-1] is not None
        else np.full(len(ids), NO_DAY)
    )
    submitted = _sent_by(view, ids, submitted)
    groups = [tuple("" for _ in names), *(tuple(row[:-2]) for row in rows)]
    first, last = int(ids.min()), int(ids.max())
    if last - first < DENSE * len(ids):  # one look into a table in place of a search
        places = ids - first
        code_of = np.zeros(last - first + 2, np.int64)
        day_of = np.full(last - first + 2, NO_DAY, np.int64)
        code_of[places], day_of[places] = codes, submitted
        return Claims(groups, np.arange(first, last + 1), code_of, day_of, is_dense=True)
    order = np.argsort(ids)
    return Claims(groups, ids[order], np.append(codes[order], 0), np.append(submitted[order], 0))


def _sent_by(view: View, ids: Array, submitted: Array) -> Array:
    """The sending days by the view's day, as known at its moment."""
    if view.measure is not Measure.SUBMITTED:
        return submitted
    submitted = np.where(submitted > day_number(view.on), NO_DAY, submitted)
    late = read_rows(
        f"SELECT sent.claim_id, coalesce(sent.submitted_on - '2000-01-01'::date, {NO_DAY})::int4 "
        f"FROM ({sent_then(is_known=view.known is not None)}) AS sent ORDER BY 1",
        {"days": [view.on], "known": view.known},
        ("claim", "i8"), ("day", "i4"),
    )  # fmt: skip
    places, is_known = look_up(late["claim"], ids)
    return np.where(is_known, np.append(late["day"], 0)[places], submitted)


def _of_payers_then(view: View, claims: Claims) -> Claims:
    """The same, with the groups of items by the payers of the view's day where claims went to several."""
    names = of_claim(view)
    if "payer" not in names:
        return claims
    sql = stood_by_payer(is_known=view.known is not None)
    rows = fetch(sql, {"on": view.on, "known": view.known})
    if not rows:
        return claims
    keys, payers = _chosen(rows)
    # A claim's other groups are those of its own row; each pair of them and a payer is a group of its own.
    own = claims._column(claims.codes, keys // len(BUCKETS), 0)
    pairs, codes = np.unique(own * len(rows) + payers, return_inverse=True)
    place, known = names.index("payer"), claims.groups
    named = [(known[pair // len(rows)], rows[pair % len(rows)][0]) for pair in pairs.tolist()]
    return replace(
        claims,
        groups=[*known, *((*of[:place], payer, *of[place + 1 :]) for of, payer in named)],
        then=keys,
        then_codes=np.append(codes + len(known), 0),
    )


def _chosen(rows: list[tuple[Any, ...]]) -> tuple[Array, Array]:
    """Claim and bucket (`_key`, sorted), and the place of its payer in the rows of `stood_by_payer`: what `PAYERS_THEN` says."""
    claim, rank, row_id, begun, ended = (
        np.concatenate([row[column] for row in rows]) for column in range(1, 6)
    )
    payer = np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows])
    begun = (begun > 0) | _is_first(claim, rank)
    turn = begun & (ended == 0)
    newest = np.where(begun, row_id, -row_id)
    of_payers = _key(claim, np.minimum(rank, 3) - 1)  # the first three buckets are payers'
    others = [
        _key(claim[turn], np.full(int(turn.sum()), BUCKETS.index(bucket)))
        for bucket in ("patient", "agency")
    ]
    keys = np.concatenate([of_payers, *others])
    order = np.lexsort(
        (
            np.concatenate([newest, newest[turn], newest[turn]]),
            np.concatenate([np.zeros_like(rank), rank[turn], rank[turn]]),
            np.concatenate([begun, begun[turn], begun[turn]]),
            keys,
        )
    )
    keys = keys[order]
    is_last = np.append(keys[1:] != keys[:-1], True)
    return keys[is_last], np.concatenate([payer, payer[turn], payer[turn]])[order][is_last]


def _is_first(claim: Array, rank: Array) -> Array:
    """Whether a payer's place is the first in its claim's order."""
    order = np.argsort(claim)
    start = np.flatnonzero(np.append(True, np.diff(claim[order]) != 0))
    counts = np.diff(np.append(start, len(claim)))
    is_first = np.zeros(len(claim), bool)
    is_first[order] = rank[order] == np.repeat(np.minimum.reduceat(rank[order], start), counts)
    return is_first


def _rows(names: list[str], *, with_days: bool) -> list[tuple[Any, ...]]:
    """One row a group: its values, its claims' ids, their sending days where they are asked for."""
    days = (
        f"array_agg(coalesce(claim.submitted_on - '2000-01-01'::date, {NO_DAY}))"
        if with_days
        else "NULL::int4[]"
    )
    keys = "".join(f"{OF_CLAIM[name]}, " for name in names)
    by = f"GROUP BY {', '.join(str(place + 1) for place in range(len(names)))}" if names else ""
    sql = f"""
        SELECT {keys} array_agg(claim.id), {days}
          FROM claims_claim AS claim{COLLECTOR_JOIN if "collector" in names else ""} {by}
    """
    # By the index the policy's condition is worked out once; a scan of the table does it for each row.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = fetch(sql)
        cursor.execute("SET LOCAL enable_seqscan = on")
    return [row for row in rows if row[-2] is not None]
