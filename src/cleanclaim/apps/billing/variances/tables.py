"""Variances as tables, facts, chips and traces."""

from collections.abc import Sequence

from cleanclaim.apps.billing.contracts.models import ExpectedLine
from cleanclaim.apps.billing.variances.comparing import Compared
from cleanclaim.apps.billing.variances.models import KINDS, State, Variance, VarianceDecision
from cleanclaim.apps.billing.variances.previewing import Preview
from cleanclaim.apps.billing.variances.selectors import Totals
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Moment, Step, Table, Tone
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.variance import Kind

_TONES: dict[str, Tone] = {
    Kind.EXACT: "good",
    Kind.SHORT: "act",
    Kind.MISSING: "act",
    Kind.OVER: "wait",
    Kind.DENIED: "wait",
    Kind.REDUCED: "",
    Kind.FEE: "",
}
_STATE_TONES: dict[str, Tone] = {State.OPEN: "accent", State.SETTLED: "good"}


def kind_chip(kind: str) -> Chip:
    """What kind of difference it is."""
    return Chip(KINDS[Kind(kind)].lower(), _TONES[kind])


def state_chip(row: Variance) -> Chip:
    """Where it stands."""
    return Chip(State(row.state).label.lower(), _STATE_TONES.get(row.state, ""))


def variance_table(rows: Sequence[Variance], *, foot: str = "", is_export: bool = False) -> Table:
    """The list, best worth asking for first; the export has the contract's figures in columns of their own."""
    more = (
        (
            Column("Service", lambda row: row.service_from, kind="day"),
            Column("Line", lambda row: row.line_number or None, kind="count"),
            Column("Trace", lambda row: row.trace_number),
            Column("Contract", lambda row: row.contract),
            Column("Clause", lambda row: row.clause),
            Column("Contract term", lambda row: row.term),
            Column("Paid as", lambda row: row.implied),
        )
        if is_export
        else ()
    )
    return Table(
        caption="Promised and received, line by line",
        columns=(
            Column("Claim", lambda row: row.control_number, kind="strong"),
            Column("Payer", lambda row: row.payer_name, minor=True),
            Column("Kind", lambda row: kind_chip(row.kind), kind="chip"),
            Column("Why", lambda row: row.words, flexible=True, wraps=True),
            *more,
            Column("Promised", lambda row: row.promised, kind="money", total=True),
            Column("Received", lambda row: row.received, kind="money", total=True),
            Column("Variance", lambda row: row.amount, kind="money", total=True),
            Column("State", state_chip, kind="chip"),
            Column(
                "Rank",
                lambda row: int(row.rank.to_integral_value()) or None,
                kind="count",
                why=lambda row: address("variances:why", row.pk),
            ),
        ),
        rows=rows,
        href=lambda row: address("variances:variance", row.pk),
        side=lambda row: address("variances:about", row.pk),
        why=lambda row: address("variances:why", row.pk),
        foot=foot,
        selectable=not is_export,
    )


def total_facts(totals: Totals) -> list[Fact]:
    """Promised, received, and the variance with its kinds: `short 12.40 + missing 485.55 + fee 3.35`."""
    parts = [f"{kind} {show(amount)}" for kind, amount in totals.by_kind.items()]
    return [
        Fact("Promised", totals.promised),
        Fact("Received", totals.received, note="paid on these lines, less fees"),
        Fact(
            "Variance",
            totals.amount,
            note=" + ".join(parts) or "everything is as promised",
            tone="act" if totals.amount > 0 else "",
        ),
    ]


def payer_table(rows: Sequence[tuple[int, str, Totals]]) -> Table:
    """Sums by payer; a line leads to the payer's own list."""
    return Table(
        caption="By payer",
        columns=(
            Column("Payer", lambda row: row[1], kind="strong", flexible=True),
            Column("Promised", lambda row: row[2].promised, kind="money", total=True),
            Column("Received", lambda row: row[2].received, kind="money", total=True),
            Column("Variance", lambda row: row[2].amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"payer-{row[0]}",
        href=lambda row: f"{address('variances:list')}?payer={row[0]}",
    )


def pivot_table(rows: Sequence[tuple[int, str, Totals]]) -> Table:
    """Payers against kinds, for the spreadsheet."""
    kinds = [kind for kind in KINDS if any(kind.value in row[2].by_kind for row in rows)]
    return Table(
        caption="Variance by payer and kind",
        columns=(
            Column("Payer", lambda row: row[1], kind="strong", flexible=True),
            *(
                Column(
                    KINDS[kind],
                    lambda row, kind=kind: row[2].by_kind.get(kind.value, ZERO),
                    kind="money",
                    total=True,
                )
                for kind in kinds
            ),
            Column("Variance", lambda row: row[2].amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row[0],
    )


def preview_table(found: Preview) -> Table:
    """What posting would show."""
    return Table(
        caption="Promised and received, if it is posted",
        columns=(
            Column("Claim", lambda one: one.control_number, kind="strong"),
            Column("Kind", lambda one: kind_chip(one.verdict.kind), kind="chip"),
            Column("Why", lambda one: one.words, flexible=True),
            Column("Promised", lambda one: one.verdict.promised, kind="money", total=True),
            Column("Received", lambda one: one.verdict.received, kind="money", total=True),
            Column("Variance", lambda one: one.verdict.amount, kind="money", total=True),
        ),
        rows=found.rows,
        key=lambda one: one.compare_key,
        href=claim_href,
    )


def count_words(found: Preview) -> str:
    """`3 exact, 1 short, 1 missing, 1 fee`."""
    counts = found.counts
    parts = [f"{counts[kind]} {kind.value}" for kind in KINDS if kind in counts]
    return ", ".join(parts) or "nothing is expected of these claims"


def claim_href(one: Compared | Variance) -> str:
    """The claim that it is about."""
    return subject_href("claim", one.claim_id) if one.claim_id else ""


def expected_steps(history: Sequence[ExpectedLine]) -> list[Step]:
    """The arithmetic of the newest expectation, then what was expected before."""
    if not history:
        return []
    now, *before = history
    steps = [Step(words, figure) for words, figure in now.steps]
    steps += [
        Step(
            f"Expected before, worked out {one.priced_on}",
            one.allowed if one.allowed is not None else one.promised,
            f"{one.contract.code} {one.edition}" if one.contract else "",
        )
        for one in before
    ]
    return steps


def rank_steps(row: Variance) -> tuple[list[Step], str]:
    """The steps of the rank and the words of its last line."""
    steps = [Step(words, figure) for words, figure in row.rank_steps]
    return (steps[:-1], steps[-1].words) if steps else ([], "nothing to ask for")


_DECIDED = {
    "dispute": "Disputed",
    "accept": "Accepted",
    "close": "Closed",
    "reopen": "Opened again",
}


def moments(decisions: Sequence[VarianceDecision], names: dict[int, str]) -> list[Moment]:
    """What was decided, oldest first."""
    return [
        Moment(
            one.at,
            f"{_DECIDED[one.action]} {show(one.amount)}: {one.words}"
            + (f" ({names[one.by]})" if one.by in names else ""),
        )
        for one in decisions
    ]
