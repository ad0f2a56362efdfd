"""Contracts as tables and facts."""

from collections.abc import Sequence
from datetime import date

from cleanclaim.apps.billing.contracts.models import Contract, Obligation
from cleanclaim.apps.billing.contracts.selectors import InForce
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Step, Table
from cleanclaim.apps.shared.reference.models import Edition
from cleanclaim.rules.code_list import CodeList
from cleanclaim.rules.pricing import Contract as Terms
from cleanclaim.rules.pricing import Covers, Option, Term, clause_words, term_words
from cleanclaim.rules.pricing.values import WHOLE_CLAIM

SOON_DAYS = 30


def contract_chip(row: Contract, on: date) -> Chip:
    """Whether it is in force."""
    if row.ended_on is not None and row.ended_on <= on:
        return Chip("ended", "wait")
    return Chip("in force", "good")


def contract_table(rows: Sequence[Contract], *, on: date, editions: dict[int, str]) -> Table:
    """The contracts; `editions` are the names of those in force by contract id."""
    return Table(
        caption="Contracts with payers",
        columns=(
            Column("Contract", lambda row: row.code, kind="strong"),
            Column("Payer", lambda row: row.payer_name, flexible=True),
            Column("Edition", lambda row: editions.get(row.pk, "none"), kind="soft"),
            Column("Routing", lambda row: row.routing, minor=True),
            Column("Help desk", lambda row: row.help_desk, minor=True),
            Column("Tolerance", lambda row: row.tolerance, kind="money"),
            Column("State", lambda row: contract_chip(row, on), kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("contracts:contract", row.pk),
    )


def term_table(terms: Terms) -> Table:
    """The price terms of an edition, options of a term on lines of their own."""
    rows = [one for term in terms.terms for one in (term, *term.options)]
    fee = (Column("Dispensing fee", lambda one: one.dispensing_fee or None, kind="money"),)
    return Table(
        caption="Price terms",
        columns=(
            Column("Clause", lambda one: one.clause, kind="strong"),
            Column("For", for_words, flexible=True),
            Column("Pays", term_words, flexible=True, wraps=True),
            *(fee if any(one.dispensing_fee for one in rows) else ()),
        ),
        rows=rows,
        key=lambda one: rows.index(one),
    )


def clause_table(terms: Terms) -> Table:
    """What the edition says of modifiers, of several procedures of a day and of high charges."""
    return Table(
        caption="Other clauses",
        columns=(
            Column("Clause", lambda one: one.clause, kind="strong"),
            Column("About", lambda one: one.about, wraps=True),
            Column("For", lambda one: ", ".join(_codes(one.codes)) or "any code", flexible=True),
            Column("Pays", lambda one: one.pays, flexible=True, wraps=True),
        ),
        rows=list(clause_words(terms)),
        key=lambda one: f"{one.kind}-{one.clause}-{one.about}-{one.pays}",
    )


def for_words(term: Option) -> str:
    """What a term holds for: `brand drugs`, `99202-99215, J*`, `everything else`."""
    codes = ", ".join(_codes(term.codes))
    drugs = f"{term.drugs} drugs" if term.drugs else ""
    what = ", ".join(part for part in (drugs, codes) if part) or "everything else"
    if term.method in WHOLE_CLAIM and isinstance(term, Term):
        return f"claims with {codes or 'any code'}, {_COVERED[term.covers]}"
    return f"{what}, carved out" if isinstance(term, Term) and term.carve_out else what


_COVERED = {Covers.CLAIM: "all their lines", Covers.LINES: "these lines"}


def _codes(items: CodeList) -> list[str]:
    parts = [*items.exact, *(f"{a} to {b}" for a, b in items.ranges)]
    return sorted([*parts, *(f"{family}…" for family in items.families)])


def obligation_table(rows: Sequence[Obligation], *, on: date, with_contract: bool) -> Table:
    """What is asked of us, the next due first."""
    # In the narrow pane the contract leads its sentence; its page has the clause.
    what: tuple[Column, ...]
    if with_contract:
        what = (Column("What", lambda row: f"{row.contract.code}: {row.words}", wraps=True),)
    else:
        what = (
            Column("What", lambda row: row.words, wraps=True),
            Column("Clause", lambda row: row.clause, wraps=True),
        )
    return Table(
        caption="Obligations",
        columns=(
            *what,
            Column("Due", lambda row: row.due_on, kind="day"),
            Column("State", lambda row: _due_chip(row, on), kind="chip"),
        ),
        rows=rows,
        key=lambda row: f"obligation-{row.pk}",
        href=lambda row: address("contracts:contract", row.contract_id),
    )


def _due_chip(row: Obligation, on: date) -> Chip:
    if row.done_on is not None:
        return Chip("done", "good")
    left = (row.due_on - on).days
    if left < 0:
        return Chip("overdue", "act")
    return Chip(f"{left} days left", "act" if left <= SOON_DAYS else "")


def facts(row: Contract, edition: InForce | None, on: date) -> list[Fact]:
    """What matters of a contract at a glance."""
    until = (edition.valid_to if edition else None) or row.ended_on
    return [
        Fact("Payer", row.payer_name, note=row.routing),
        Fact(
            "Edition",
            edition.terms.edition if edition else "none",
            note=f"from {edition.valid_from}" + (f" until before {until}" if until else "")
            if edition
            else "nothing is priced on this day",
            tone="" if edition else "act",
        ),
        Fact("Tolerance", row.tolerance, note="a line may differ by this unasked"),
        Fact("Help desk", row.help_desk or "not noted"),
    ]


def edition_steps(editions: Sequence[InForce]) -> list[Step]:
    """Every edition with its days, newest first."""
    return [
        Step(
            one.terms.edition,
            "",
            f"{one.valid_from} to {one.valid_to}" if one.valid_to else f"from {one.valid_from}",
        )
        for one in reversed(editions)
    ]


def terms_note(terms: Terms) -> str:
    """Whether the charge caps the price."""
    return (
        "never more than the charge"
        if terms.pays_lesser_of_charge
        else "the price holds even above the charge"
    )


def fee_table(rows: Sequence[Edition]) -> Table:
    """The fee schedules that are loaded."""
    return Table(
        caption="Fee schedules",
        columns=(
            Column("Schedule", lambda row: row.name, kind="strong"),
            Column("Release", lambda row: row.release),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("Prices", lambda row: row.row_count, kind="count"),
            Column("Publisher", lambda row: row.publisher, kind="soft", flexible=True),
        ),
        rows=rows,
        key=lambda row: f"fees-{row.pk}",
    )
