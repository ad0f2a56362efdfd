"""Read a former system's open items and trial balance (CSV, columns by their headings; docs/howto-opening.md).

Rows of one claim number make one claim. Everything that is wrong is named with its line and column; then nothing may be
booked, because a balance that is nearly right ties to nothing.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.booking import TakenOver, unbookable
from cleanclaim.apps.billing.opening.values import (
    OpenClaim,
    OpenCredit,
    OpeningItems,
    Problem,
    TrialBalance,
)
from cleanclaim.kernel.dates import checked_day, written_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show, total, written_money
from cleanclaim.rules.posting.fills import ndc_digits
from cleanclaim.values.accounts import (
    BY_CODE,
    PATIENT_PREPAYMENT,
    RECEIVABLE_BY_BUCKET,
    TAKEBACK_PAYABLE,
    UNAPPLIED_CASH,
)
from cleanclaim.values.claim import Claim, Diagnosis, Drug, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Payer, Person, Provider, Role

ITEM_COLUMNS = (
    "kind", "claim", "line", "patient_id", "last_name", "first_name", "born_on", "sex", "payer", "payer_id", "member_id",
    "order", "filing_indicator", "service_from", "service_to", "procedure", "modifiers", "revenue_code", "ndc",
    "prescription", "fill", "units", "place_of_service", "diagnosis", "rendering_npi", "rendering_name", "charge", "open",
    "responsible", "since", "billed_on", "payer_claim", "line_control", "reference",
)  # fmt: skip
NEEDED = ("claim", "last_name", "payer", "service_from", "charge", "open")
CREDIT_ACCOUNTS = {
    "unapplied": UNAPPLIED_CASH.code,
    "prepayment": PATIENT_PREPAYMENT.code,
    "takeback": TAKEBACK_PAYABLE.code,
}
BUCKETS = {
    "payer": "", "insurance": "", "payer:1": "payer:1", "primary": "payer:1", "payer:2": "payer:2",
    "secondary": "payer:2", "payer:3": "payer:3", "tertiary": "payer:3", "patient": "patient", "self": "patient",
    "agency": "agency", "collections": "agency",
}  # fmt: skip
_BUCKET_OF_ORDER = {"P": "payer:1", "S": "payer:2", "T": "payer:3"}
MOST_PROBLEMS = 1000


class _WrongError(Exception):
    """A cell cannot be read: column and message."""


class _Row:
    """One row of a table: cells by heading."""

    def __init__(self, cells: Mapping[str, str], number: int) -> None:
        self.cells, self.place = cells, number

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise _WrongError(name, "empty, expected a value")
        return found

    def money(self, name: str) -> Decimal:
        return _amount(name, self.needed(name))

    def number(self, name: str, most: int) -> str:
        """A number or name as it stands: cut, it would be another one, which no answer finds."""
        found = self.text(name)
        if len(found) > most:
            raise _WrongError(
                name, f"{found[:20]!r}... of {len(found)} characters, expected {most} at most"
            )
        return found

    def day(self, name: str) -> date | None:
        text = self.text(name)
        found = written_day(text) if text else None
        if text and found is None:
            raise _WrongError(name, f"{text[:20]!r}, expected a day like 2026-06-30 or 06/30/2026")
        try:
            return checked_day(found, name) if found else None
        except InputError as error:
            raise _WrongError(name, str(error).removeprefix(f"{name} ")) from error


def _amount(name: str, text: str) -> Decimal:
    found = written_money(text)
    if found is None:
        raise _WrongError(name, f"{text[:20]!r}, expected dollars and cents")
    if not is_whole_cents(found) or abs(found) >= Decimal(10) ** 10:
        raise _WrongError(name, f"{text[:20]!r}, expected whole cents below 10,000,000,000.00")
    return found


def _rows(data: bytes, needed: tuple[str, ...], problems: list[Problem]) -> Iterator[_Row]:
    text = _text(data).replace("\0", "")
    heading = text.partition("\n")[0]
    delimiter = max(",;\t|", key=heading.count)
    # Strict: a quote that is never closed would swallow every row after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        head = [_heading(cell) for cell in next(reader, [])]
        missing = [name for name in needed if name not in head]
        if missing:
            problems.append(Problem("line 1", f"no column {', '.join(missing)}"))
            return
        if twice := sorted({name for name in head if name and head.count(name) > 1}):
            problems.append(Problem("line 1", f"column {twice[0]} stands twice"))
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if any(cell.strip() for cell in cells[len(head) :]):
                    problems.append(
                        Problem(
                            f"line {reader.line_num}",
                            f"{len(cells)} cells, expected {len(head)} at most (a comma in a cell needs quotes)",
                        )
                    )
                    continue
                named = dict(zip(head, (cell.strip() for cell in cells), strict=False))
                yield _Row(named, reader.line_num)
    except csv.Error as error:
        problems.append(Problem(f"line {reader.line_num}", str(error)))


def _text(data: bytes) -> str:
    """UTF-8; a file that is none was written by an older Windows program."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _heading(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_")


def read_trial_balance(data: bytes) -> TrialBalance:
    """Columns `account` and `amount` (or `debit` and `credit`), and `ours` where its account has another name than ours."""
    problems: list[Problem] = []
    amounts: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    for row in _rows(data, ("account",), problems):
        try:
            account = row.text("ours") or row.needed("account")
            if account not in BY_CODE:
                raise _WrongError(
                    "account",
                    f"{account[:40]!r} is not in our chart, expected a code like receivable:patient "
                    "(name ours in a column `ours`)",
                )
            amount = _balance(row)
            amounts[account] = amounts.get(account, ZERO) + amount
            names.setdefault(account, row.text("account"))
        except _WrongError as error:
            problems.append(_problem(row, error))
    if amounts and (off := total(amounts.values())):
        problems.append(Problem("all lines", f"debits less credits are {show(off)}, expected 0.00"))
    if not amounts and not problems:
        problems.append(Problem("line 2", "no account, expected one or more"))
    return TrialBalance(amounts, names, tuple(problems))


def _balance(row: _Row) -> Decimal:
    if row.text("debit") or row.text("credit"):
        sides = [_amount(name, row.text(name) or "0") for name in ("debit", "credit")]
        return sides[0] - sides[1]
    return row.money("amount")


def read_items(data: bytes, *, billing: Provider, as_of: date) -> OpeningItems:
    """The open items. `billing` is the practice as its claims name it; `as_of` the day they are taken over."""
    problems: list[Problem] = []
    credits: list[OpenCredit] = []
    groups: dict[str, list[_Row]] = {}
    for row in _rows(data, NEEDED, problems):
        kind = row.text("kind").lower()
        try:
            if kind in CREDIT_ACCOUNTS:
                credits.append(_credit(row, CREDIT_ACCOUNTS[kind]))
            elif kind in ("", "item"):
                groups.setdefault(row.needed("claim"), []).append(row)
            else:
                expected = ", ".join(("item", *CREDIT_ACCOUNTS))
                raise _WrongError("kind", f"{kind[:20]!r}, expected one of {expected}")
        except _WrongError as error:
            problems.append(_problem(row, error))
    claims = []
    for rows in groups.values():
        found = _claim(rows, billing, as_of, problems)
        if found:
            claims.append(found)
        if len(problems) > MOST_PROBLEMS:
            problems.append(Problem("the rest", "not looked at: too many problems"))
            break
    if not problems and not claims and not credits:
        problems.append(Problem("line 2", "no item, expected one or more"))
    return OpeningItems(tuple(claims), tuple(credits), tuple(problems))


def _problem(row: _Row, error: _WrongError) -> Problem:
    column, message = error.args
    return Problem(f"line {row.place}, {column}", message)


def _credit(row: _Row, account: str) -> OpenCredit:
    amount = row.money("open")
    if amount <= 0:
        raise _WrongError("open", f"{show(amount)}, expected what is owed back, above 0.00")
    person = _person(row) if row.text("last_name") else None
    payer = _payer(row) if row.text("payer") else None
    if account == PATIENT_PREPAYMENT.code and person is None:
        raise _WrongError("last_name", "empty, expected whose prepayment it is")
    return OpenCredit(
        account, amount, row.number("reference", 80), person, payer, f"line {row.place}"
    )


def _person(row: _Row) -> Person:
    row.needed("last_name")
    return Person(
        row.number("last_name", 60),
        row.number("first_name", 35),
        born_on=row.day("born_on"),
        sex=row.text("sex").upper()[:1],
        member_id=row.number("member_id", 80),
    )


def _payer(row: _Row) -> Payer:
    row.needed("payer")
    return Payer(row.number("payer", 60), row.number("payer_id", 80))


def _claim(
    rows: list[_Row], billing: Provider, as_of: date, problems: list[Problem]
) -> OpenClaim | None:
    first = rows[0]
    lines, opens, buckets, since = [], [], [], []
    before = len(problems)
    for place, row in enumerate(rows, 1):
        try:
            _same_claim(first, row)
            line = _line(row, place, as_of)
            lines.append(line)
            opens.append(row.money("open"))
            buckets.append(_bucket(row))
            since.append(row.day("since"))
        except _WrongError as error:
            problems.append(_problem(row, error))
    if len(problems) > before:
        return None
    try:
        claim = _value(first, tuple(lines), billing)
        submitted_on = first.day("billed_on")
        payer_claim = first.number("payer_claim", 80)
    except _WrongError as error:
        problems.append(_problem(first, error))
        return None
    if reason := unbookable(claim) or _repeated(lines):
        problems.append(Problem(f"line {first.place}, claim {claim.control_number}", reason))
        return None
    taken = TakenOver(as_of, tuple(opens), tuple(buckets), tuple(since))
    return OpenClaim(claim, taken, payer_claim, submitted_on, f"line {first.place}")


def _same_claim(first: _Row, row: _Row) -> None:
    for name in ("last_name", "first_name", "born_on", "payer", "member_id", "order"):
        if row.text(name) != first.text(name):
            raise _WrongError(
                name, f"{row.text(name)[:40]!r} differs from line {first.place} of the same claim"
            )


def _repeated(lines: list[ServiceLine]) -> str:
    numbers = [line.number for line in lines]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    return f"line number {twice[0]} stands twice" if twice else ""


def _line(row: _Row, place: int, as_of: date) -> ServiceLine:
    service = row.day("service_from")
    if service is None:
        raise _WrongError("service_from", "empty, expected a day")
    if service > as_of:
        raise _WrongError("service_from", f"{service} is after the day of the take-over, {as_of}")
    code, revenue, ndc = row.number("procedure", 48), row.number("revenue_code", 4), row.text("ndc")
    if not (code or revenue or ndc):
        raise _WrongError("procedure", "empty, expected a procedure, revenue_code or ndc")
    units = _amount("units", row.text("units") or "1")
    number = row.text("line") or str(place)
    if not (number.isascii() and number.isdigit()) or len(number) > 3 or int(number) < 1:
        raise _WrongError("line", f"{number[:20]!r}, expected 1 to 999")
    fill = row.text("fill")
    if fill and not (fill.isascii() and fill.isdigit() and len(fill) <= 2):
        raise _WrongError("fill", f"{fill[:20]!r}, expected 0 to 99: 0 is the first fill")
    drug = (
        Drug(
            ndc_digits(ndc),
            units,
            "UN",
            row.text("prescription"),
            fill_number=int(fill) if fill else None,
        )
        if ndc
        else None
    )
    return ServiceLine(
        int(number),
        Procedure(code, tuple(re.split(r"[-\s,]+", row.text("modifiers").strip()))[:4])
        if row.text("modifiers")
        else Procedure(code),
        row.money("charge"),
        units,
        service,
        row.day("service_to"),
        place_of_service=row.text("place_of_service")[:2],
        control_number=row.number("line_control", 50),
        revenue_code=revenue,
        drug=drug,
        pointers=() if revenue else (1,),
    )


def _bucket(row: _Row) -> str:
    text = row.text("responsible").lower() or "payer"
    if text not in BUCKETS:
        raise _WrongError("responsible", f"{text[:20]!r}, expected one of {', '.join(BUCKETS)}")
    bucket = BUCKETS[text] or _BUCKET_OF_ORDER.get(row.text("order").upper() or "P", "payer:1")
    return RECEIVABLE_BY_BUCKET[bucket].bucket


def _value(row: _Row, lines: tuple[ServiceLine, ...], billing: Provider) -> Claim:
    order = row.text("order").upper() or "P"
    if order not in "PSTABCDEFGH" or len(order) != 1:
        raise _WrongError("order", f"{order[:20]!r}, expected P, S, T or A to H")
    npi, name = row.text("rendering_npi"), row.text("rendering_name")
    last, _, given = name.partition(",")
    rendering = (
        (Provider(Role.RENDERING, (last or "Unknown").strip(), given.strip(), is_person=True, npi=npi),)
        if npi or name
        else ()
    )  # fmt: skip
    codes = row.text("diagnosis").upper().replace(".", "").replace(",", " ").split()
    return Claim(
        control_number=row.number("claim", 80),
        charge=total(line.charge for line in lines),
        place_of_service=row.text("place_of_service")[:2] or "11",
        billing=billing,
        subscriber=Subscriber(
            _person(row), order, filing_indicator=row.text("filing_indicator")[:2]
        ),
        payer=_payer(row),
        lines=lines,
        providers=rendering,
        diagnoses=tuple(
            Diagnosis(code, "ABF" if n else "ABK") for n, code in enumerate(codes[:12])
        ),
    )
