"""The list of batches, as a page and as a spreadsheet, and one batch's tape as a spreadsheet."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cleanclaim.apps.billing.keying.models import GONE, Batch, State
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.kernel.money import ZERO, show

_TONES = {State.OPEN: "wait", State.POSTED: "good"}


def state_chip(batch: Batch, taken_back: bool = False) -> Chip:
    """Where the batch stands; a posting that was taken back says so, and one that was keyed anew that it counts no more."""
    if batch.state in GONE:
        return Chip(f"{State(batch.state).label}, {show(batch.amount)} not counted")
    if taken_back:
        return Chip("Taken back", "act")
    state = State(batch.state)
    return Chip(str(state.label), _TONES.get(state, ""))  # type: ignore[arg-type]


def batch_table(
    rows: Sequence[Batch],
    *,
    names: Mapping[int, str],
    taken_back: frozenset[int],
    foot: str = "",
) -> Table:
    """The batches with what is keyed and what is left; `names` of people by id. What was dropped or keyed anew adds to no sum."""

    def counted(row: Batch, amount: Decimal) -> Decimal | None:
        return None if row.state in GONE else amount

    return Table(
        caption="Batches keyed from paper",
        columns=(
            Column("Check or EFT", lambda row: row.trace_number, kind="strong"),
            Column("Payer", lambda row: row.payer_name, flexible=True),
            Column("Dated", lambda row: row.paid_on, kind="day"),
            Column("Deposited", lambda row: row.deposited_on, kind="day"),
            Column("Slip", lambda row: row.deposit_reference),
            Column("Keyed by", lambda row: names.get(row.holder_id or row.made_by or 0, "")),
            Column("Lines", lambda row: row.count, kind="count", total=True),
            Column("Amount", lambda row: counted(row, row.amount), kind="money", total=True),
            Column("Keyed", lambda row: counted(row, row.keyed or ZERO), kind="money", total=True),
            Column(
                "Left",
                lambda row: counted(row, row.amount - (row.keyed or ZERO)),
                kind="money",
                total=True,
            ),
            Column(
                "State", lambda row: state_chip(row, row.remittance_id in taken_back), kind="chip"
            ),
        ),
        rows=rows,
        href=lambda row: address("keying:batch", row.pk),
        foot=foot,
    )


def tape_table(batch: Batch, entries: Sequence[Mapping[str, Any]]) -> Table:
    """What was keyed, line by line as on the tape (`payload.entry_rows`); its sum is the check's amount once it balances."""
    return Table(
        caption=f"{batch.trace_number}, {batch.payer_name}, {batch.paid_on}",
        columns=(
            Column("Line", lambda row: row["number"], kind="count"),
            Column("Kind", lambda row: f"{row['kind']}{' taken back' if row['reversal'] else ''}"),
            Column("Claim", lambda row: row["control"], kind="strong"),
            Column("Patient", lambda row: row["patient"], flexible=True),
            Column("Service", lambda row: row["service"]),
            Column("Charge", lambda row: Decimal(row["charge"]), kind="money"),
            Column("Adjustments", _adjustments),
            Column("Reason", lambda row: row["code"] or row["reason"]),
            Column("Reference", lambda row: row["reference"]),
            Column("On the tape", lambda row: Decimal(row["tape"]), kind="money", total=True),
        ),
        rows=entries,
    )


def _adjustments(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{group}-{reason} {amount}" for group, reason, amount in row["adjustments"])
