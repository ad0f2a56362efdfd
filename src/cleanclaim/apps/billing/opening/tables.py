"""Loads, and how one ties, as tables and facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cleanclaim.apps.billing.opening.models import LoadState, OpeningLoad
from cleanclaim.apps.billing.opening.reading import read_trial_balance
from cleanclaim.apps.billing.opening.services import Reading
from cleanclaim.apps.billing.opening.values import Problem, TieLine
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table, Tone
from cleanclaim.kernel.money import total
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BY_CODE

TONES: dict[LoadState, Tone] = {LoadState.PREPARED: "wait", LoadState.POSTED: "good"}


def state_chip(row: OpeningLoad) -> Chip:
    """Where the load stands."""
    state = LoadState(row.state)
    return Chip(str(state.label), TONES.get(state, ""))


def load_table(rows: Sequence[OpeningLoad], names: Mapping[int, str]) -> Table:
    """Loads, newest first."""
    return Table(
        caption="Loads",
        columns=(
            Column("Load", lambda row: row.pk, kind="strong"),
            Column("Former system", lambda row: row.system, flexible=True),
            Column("As of", lambda row: row.as_of, kind="day"),
            Column("State", state_chip, kind="chip"),
            Column("Prepared by", lambda row: names.get(row.prepared_by or 0, ""), kind="soft"),
            Column("Approved by", lambda row: names.get(row.approved_by or 0, ""), kind="soft"),
            Column("Claims", lambda row: row.claim_count, kind="count", total=True),
            Column("Open", lambda row: row.open_amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row.pk,
        href=lambda row: address("opening:load", row.pk),
        foot="Total",
    )


def tie_table(lines: Sequence[TieLine]) -> Table:
    """The trial balance against the items, account by account."""
    return Table(
        caption="Tie to the trial balance",
        columns=(
            Column("Account", lambda line: line.account, kind="strong"),
            Column("Their account", lambda line: line.name, kind="soft", flexible=True),
            Column("Trial balance", lambda line: line.theirs, kind="money", total=True),
            Column("Items", lambda line: line.items, kind="money", total=True),
            Column("Difference", lambda line: line.difference, kind="money", total=True),
        ),
        rows=lines,
        key=lambda line: line.account,
        foot="Total",
    )


def kept_tie(row: OpeningLoad) -> list[TieLine]:
    """How a load tied when it was prepared, with their accounts as the kept file names them."""
    names = read_trial_balance(bytes(row.balances)).names
    return [
        TieLine(
            account, names.get(account) or BY_CODE[account].name, _dollars(theirs), _dollars(items)
        )
        for account, theirs, items in row.tie
    ]


def _dollars(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def problem_table(problems: Sequence[Problem]) -> Table:
    """What is wrong in the files."""
    return Table(
        caption="Problems",
        columns=(
            Column("Where", lambda one: one.place, kind="strong"),
            Column("What is wrong, and what was expected", lambda one: one.message, flexible=True),
        ),
        rows=problems,
        key=lambda one: f"{one.place} {one.message}"[:80],
        foot=counted(len(problems), "problem"),
    )


def kept_findings(row: OpeningLoad) -> Table:
    """What somebody should look at before a load is approved."""
    found = [Problem(place, message) for place, message in row.findings]
    return replace(problem_table(found), caption="To look at", foot=counted(len(found), "finding"))


def reading_facts(reading: Reading) -> list[Fact]:
    """What the files would take over."""
    items = sum(len(one.claim.lines) for one in reading.items.claims)
    off = total(abs(line.difference) for line in reading.tie)
    return [
        Fact("Claims", len(reading.items.claims), note=counted(items, "open item")),
        Fact("Open", total(one.open_amount for one in reading.items.claims)),
        Fact("Credits", total(one.amount for one in reading.items.credits)),
        Fact(
            "Difference",
            off,
            note="ties to the trial balance" if not off else "named below",
            tone="act" if off else "good",
        ),
        Fact("Problems", len(reading.problems), tone="act" if reading.problems else ""),
    ]


def load_facts(row: OpeningLoad) -> list[Fact]:
    """What a load took over."""
    return [
        Fact("Claims", row.claim_count, note=counted(row.item_count, "open item")),
        Fact("Open", row.open_amount),
        Fact("Credits", row.credit_count),
        Fact("Taken over on", row.as_of),
    ]
