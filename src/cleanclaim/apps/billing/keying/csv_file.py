"""A keyed EOB as a CSV table: one row a line, the check in front of its first row. Reading is pure and says where it failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.apps.billing.keying.entries import Keyed, amount_of, read_entry
from cleanclaim.apps.billing.keying.models import Kind, Method
from cleanclaim.kernel.csv_rows import read_rows
from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError

HEAD = ("payer", "number", "check_amount", "paid_on", "method", "deposited_on", "deposit_reference")
BODY = (
    "kind",
    "claim",
    "line",
    "paid",
    "allowed",
    "adjustments",
    "code",
    "remarks",
    "reason",
    "reference",
    "amount",
)
COLUMNS = (*HEAD, *BODY)
TAKEBACK = "takeback"  # a line whose earlier answer is taken back
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row under a check; `claim` and `line` as written, to be found in the practice."""

    place: str
    keyed: Keyed
    claim: str = ""
    line: str = ""


@dataclass(slots=True)
class Sheet:
    """One check with its rows."""

    place: str
    payer: str
    number: str
    amount: Decimal
    paid_on: date
    method: str = Method.CHECK.value
    deposited_on: date | None = None
    deposit_reference: str = ""
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, with its place in the file."""

    place: str
    message: str


def read_sheets(data: bytes) -> tuple[list[Sheet], list[Problem]]:
    """The checks of the file, and everything that is wrong with it.

    Raises:
        InputError: it is no such table at all.
    """
    table = read_rows(_text(data), heading=lambda name: name.strip().lower())
    heads = table.heads
    unknown = [name for name in heads if name not in COLUMNS]
    missing = [name for name in ("payer", "number", "check_amount", "paid_on") if name not in heads]
    if unknown or missing:
        wrong = (
            f"column {unknown[0]!r} is unknown" if unknown else f"column {missing[0]} is missing"
        )
        raise InputError(f"line 1: {wrong}", hint=f"Columns are {', '.join(COLUMNS)}")
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for count, (line, raw) in enumerate(table.rows):
        place = f"line {line}"
        if count >= MOST_ROWS:
            raise InputError(f"{place}: more than {MOST_ROWS:,} rows")
        try:
            _take(place, {name: raw.get(name, "") for name in COLUMNS}, sheets)
        except InputError as error:
            problems.append(Problem(place, error.message))
    return sheets, problems


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start}: not UTF-8 text") from error


def _take(place: str, cells: Mapping[str, str], sheets: list[Sheet]) -> None:
    """A row that names a check begins it; one that names none goes on with the check above."""
    if cells["number"]:
        sheets.append(_sheet(place, cells))
    if not sheets:
        raise InputError("number: missing, expected the check's in the first row")
    if any(cells[name] for name in BODY):
        sheets[-1].rows.append(_row(place, cells))


def _sheet(place: str, cells: Mapping[str, str]) -> Sheet:
    deposited = cells["deposited_on"]
    return Sheet(
        place,
        payer=cells["payer"],
        number=cells["number"],
        amount=amount_of(cells["check_amount"], "check_amount"),
        paid_on=read_day(cells["paid_on"], "paid_on"),
        method=cells["method"] or Method.CHECK.value,
        deposited_on=read_day(deposited, "deposited_on") if deposited else None,
        deposit_reference=cells["deposit_reference"],
    )


def _row(place: str, cells: Mapping[str, str]) -> Row:
    kind = cells["kind"].lower() or Kind.LINE.value
    is_about_claim = kind in (TAKEBACK, Kind.LINE, Kind.CLAIM, Kind.WHOLE)
    if is_about_claim and not cells["claim"]:
        raise InputError("claim: missing, expected the claim's number")
    raw: dict[str, Any] = {
        "kind": Kind.LINE.value if kind == TAKEBACK else kind,
        "reversal": kind == TAKEBACK,
        "adjustments": _adjustments(cells["adjustments"]),
        "remarks": cells["remarks"].split(),
    }
    raw |= {name: cells[name] for name in ("paid", "allowed", "amount") if cells[name]}
    raw |= {name: cells[name] for name in ("code", "reason", "reference")}
    # Ids are found later; 1 stands for what the row names.
    stand_in = {"claim": 1, "item": 1} if is_about_claim else {}
    return Row(place, read_entry(raw | stand_in), cells["claim"], cells["line"])


def _adjustments(text: str) -> list[list[str]]:
    """`CO-45 68.20; PR-2 20` as group, reason and amount each."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        code, _, amount = part.partition(" ")
        group, hyphen, reason = code.partition("-")
        if not hyphen:
            raise InputError(f"adjustments {part[:20]!r}: expected such as CO-45 68.20")
        found.append([group.upper(), reason, amount.strip()])
    return found
