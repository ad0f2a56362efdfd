"""Work out what charge lines should bring, and keep it beside them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    price_line,
    schedules_of,
    term_words,
)
from cleanclaim.values.claim import Claim, ServiceLine

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
    "priced_on",
)


@dataclass(frozen=True, slots=True)
class Booked:
    """A claim whose lines were booked: {place in its lines from 0: open item}."""

    claim_id: int
    version: int
    payer_id: int
    claim: Claim
    items: Mapping[int, int]


def expect(
    booked: Sequence[Booked], *, priced_on: date, known: Mapping[int, ExpectedLine] | None = None
) -> int:
    """Keep what these lines should bring under the contracts of today's record; returns how many lines.

    Only lines that go to a first payer: what a later payer owes follows from the answer before it. A line that no
    contract prices and no payer promised anything for is left out, as is one of `known` whose figures are the same.
    """
    wanted = [
        one
        for one in booked
        if payer_bucket(one.claim) == FIRST_PAYER and not one.claim.asks_no_payment
    ]
    if not wanted:
        return 0
    editions = editions_by_payer({one.payer_id for one in wanted})
    if not editions:
        wanted = [one for one in wanted if any(line.drug for line in one.claim.lines)]
        if not wanted:
            return 0
    fees = fees_of([e.terms for chain in editions.values() for e in chain], wanted)
    rows = [
        row
        for one in wanted
        for place, item_id in one.items.items()
        if (row := _row(one, one.claim.lines[place], item_id, editions, fees, priced_on))
    ]
    rows = [row for row in rows if not _is_known(row, known or {})]
    return insert_rows(ExpectedLine, _COLUMNS, rows) if rows else 0


def _is_known(row: tuple[Any, ...], known: Mapping[int, ExpectedLine]) -> bool:
    """Whether contract, edition, price and promise are what is expected already."""
    before = known.get(row[0])
    if before is None:
        return False
    same = (before.contract_id, before.edition, before.allowed, before.promised)
    return same == (row[5], row[6], row[9], row[10])


def fees_of(contracts: Iterable[Contract], booked: Sequence[Booked]) -> FeeLookup:
    """The fees that these contracts name, for the codes and days of these claims."""
    names = {name for contract in contracts for name in schedules_of(contract)}
    lines = [line for one in booked for line in one.claim.lines]
    days = [line.service_from for line in lines if line.service_from is not None]
    if not names or not days:
        return FeeTable(())
    codes = {line.procedure.code for line in lines} | {line.drug.ndc for line in lines if line.drug}
    return fee_table(names, codes, first_on=min(days), last_on=max(days))


def price_under(
    editions: Iterable[InForce], claim: Claim, line: ServiceLine, fees: FeeLookup
) -> tuple[InForce, Price] | None:
    """The edition in force on the line's day, and its price; None where there is none."""
    if line.service_from is None:
        return None
    edition = edition_for(editions, npi=claim.billing.npi_key, on=line.service_from)
    price = price_line(line, edition.terms, fees) if edition else None
    if edition is None or price is None or not fits_ledger(price.allowed):
        return None
    return edition, price


def _row(
    one: Booked,
    line: ServiceLine,
    item_id: int,
    editions: Mapping[int, Sequence[InForce]],
    fees: FeeLookup,
    priced_on: date,
) -> tuple[Any, ...] | None:
    found = price_under(editions.get(one.payer_id, ()), one.claim, line, fees)
    promised = line.drug.promised if line.drug else None
    if not item_id or (found is None and promised is None):
        return None
    head = (item_id, one.claim_id, one.version, line.number, one.payer_id)
    if found is None:
        steps = [["The payer promised, in its answer at the counter", show(promised or ZERO)]]
        return (
            *head, None, "", line.service_from, line.charge, None, promised, "", "", "",
            json.dumps(steps), priced_on,
        )  # fmt: skip
    edition, price = found
    term = price.term
    return (
        *head,
        edition.contract.pk,
        edition.terms.edition[:60],
        line.service_from,
        line.charge,
        price.allowed,
        promised,
        price.method[:24],
        term_words(term)[:120] if term else "",
        term.clause[:120] if term else "",
        json.dumps([[s.words, "" if s.balance is None else show(s.balance)] for s in price.steps]),
        priced_on,
    )
