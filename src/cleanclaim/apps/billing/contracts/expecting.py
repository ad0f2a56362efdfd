"""Work out what charge lines should bring, and keep it beside them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cleanclaim.apps.billing.contracts.models import ExpectedLine
from cleanclaim.apps.billing.contracts.selectors import InForce, edition_for, editions_by_payer
from cleanclaim.apps.shared.reference.selectors import fee_table
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.kernel.money import ZERO, fits_ledger, show
from cleanclaim.rules.posting import payer_bucket
from cleanclaim.rules.pricing import (
    Contract,
    FeeLookup,
    FeeTable,
    Price,
    price_claim,
    price_words,
    schedules_of,
)
from cleanclaim.values.claim import Claim, ServiceLine

Found = tuple[InForce, Price]

FIRST_PAYER = "payer:1"
_COLUMNS = (
    "item_id",
    "claim_id",
    "version",
    "line_number",
    "payer_id",
    "contract",
    "edition",
    "service_from",
    "charge",
    "allowed",
    "promised",
    "method",
    "term",
    "clause",
    "steps",
    "share_group",
    "priced_on",
)


@dataclass(frozen=True, slots=True)
class Booked:
    """A claim whose lines are booked: {place in its lines from 0: open item}, 0 where there is none."""

    claim_id: int
    version: int
    payer_id: int
    claim: Claim
    items: Mapping[int, int]


def expect(
    booked: Sequence[Booked], *, priced_on: date, known: Mapping[int, ExpectedLine] | None = None
) -> int:
    """Keep what these lines should bring under the contracts of today's record; returns how many lines.

    A line of `known` that no contract prices any more says so. Only lines that go to a first payer: what a later payer owes follows from the answer before it. A line that no
    contract prices and no payer promised anything for is left out, as is one of `known` whose figures are the same.
    """
    before = known or {}
    wanted = [
        replace(one, claim=one.claim.dated)
        for one in booked
        if payer_bucket(one.claim) == FIRST_PAYER and not one.claim.asks_no_payment
    ]
    if not wanted:
        return 0
    editions = editions_by_payer({one.payer_id for one in wanted})
    if not editions and not before:
        wanted = [one for one in wanted if any(line.drug for line in one.claim.lines)]
        if not wanted:
            return 0
    fees = fees_of([e.terms for chain in editions.values() for e in chain], wanted)
    rows = []
    for one in wanted:
        prices = prices_under(editions.get(one.payer_id, ()), one.claim, fees)
        for place, item_id in one.items.items():
            row = _row(one, one.claim.lines[place], item_id, prices[place], priced_on)
            if row is None and item_id in before:
                row = _withdrawn(before[item_id], one.version, priced_on)
            rows += [row] if row else []
    rows = [row for row in rows if not _is_known(row, before)]
    return insert_rows(ExpectedLine, _COLUMNS, rows) if rows else 0


def _is_known(row: tuple[Any, ...], known: Mapping[int, ExpectedLine]) -> bool:
    """Whether contract, edition, price and promise are what is expected already."""
    before = known.get(row[0])
    if before is None:
        return False
    same = (before.contract_id, before.edition, before.allowed, before.promised, before.share_group)
    return same == (row[5], row[6], row[9], row[10], row[15])


def fees_of(contracts: Iterable[Contract], booked: Sequence[Booked]) -> FeeLookup:
    """The fees that these contracts name, for the codes and days of these claims."""
    names = {name for contract in contracts for name in schedules_of(contract)}
    lines = [line for one in booked for line in one.claim.lines]
    days = [line.service_from for line in lines if line.service_from is not None]
    if not names or not days:
        return FeeTable(())
    codes = {line.procedure.code for line in lines} | {line.drug.ndc for line in lines if line.drug}
    return fee_table(names, codes, first_on=min(days), last_on=max(days))


def prices_under(editions: Sequence[InForce], claim: Claim, fees: FeeLookup) -> list[Found | None]:
    """For each line the edition that prices it and its price; None where nothing does.

    A line's edition is the one in force on its day; the claim's, of case rates and the like, that of its
    first day: of admission, else of service.
    """

    def on(day: date | None) -> InForce | None:
        return edition_for(editions, npi=claim.billing.npi_key, on=day) if day else None

    stay = claim.institutional
    first_on = (stay.admitted_on if stay else None) or claim.service_from
    own, whole = [on(line.service_from) for line in claim.lines], on(first_on)
    prices = price_claim(
        claim.lines,
        [one.terms if one else None for one in own],
        whole.terms if whole else None,
        fees,
    )
    by_terms = {id(one.terms): one for one in (*own, whole) if one}
    return [
        (by_terms[id(found[0])], found[1]) if found and fits_ledger(found[1].allowed) else None
        for found in prices
    ]


def _withdrawn(before: ExpectedLine, version: int, priced_on: date) -> tuple[Any, ...]:
    steps = [["No contract prices this line any more", ""]]
    return (
        before.item_id, before.claim_id, version, before.line_number, before.payer_id, None, "",
        before.service_from, before.charge, None, None, ExpectedLine.WITHDRAWN, "", "",
        json.dumps(steps), 0, priced_on,
    )  # fmt: skip


def _row(
    one: Booked,
    line: ServiceLine,
    item_id: int,
    found: Found | None,
    priced_on: date,
) -> tuple[Any, ...] | None:
    promised = line.drug.promised if line.drug else None
    if not item_id or (found is None and promised is None):
        return None
    head = (item_id, one.claim_id, one.version, line.number, one.payer_id)
    if found is None:
        steps = [["The payer promised, in its answer at the counter", show(promised or ZERO)]]
        return (
            *head, None, "", line.service_from, line.charge, None, promised, "", "", "",
            json.dumps(steps), 0, priced_on,
        )  # fmt: skip
    edition, price = found
    return (
        *head,
        edition.contract.pk,
        edition.terms.edition[:60],
        line.service_from,
        line.charge,
        price.allowed,
        promised,
        price.method[:24],
        price_words(price)[:120],
        price.clause[:120],
        json.dumps([[s.words, "" if s.balance is None else show(s.balance)] for s in price.steps]),
        price.share_group,
        priced_on,
    )
