"""Read a former system's open items and trial balance (CSV, columns by their headings; docs/howto-opening.md).

Rows of one claim number make one claim. Everything that is wrong is named with its line and column; then nothing may be
booked, because a balance that is nearly right ties to nothing.
"""

import re
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from cleanclaim.apps.billing.charges.booking import TakenOver, unbookable
from cleanclaim.apps.billing.opening.rows import (
    Row,
    WrongCellError,
    amount_of,
    problem_of,
    rows_of,
)
from cleanclaim.apps.billing.opening.values import (
    OpenClaim,
    OpenCredit,
    OpeningItems,
    Problem,
    TrialBalance,
)
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting import bucket_of_order
from cleanclaim.rules.posting.fills import ndc_digits
from cleanclaim.values.accounts import (
    BY_CODE,
    PATIENT_PREPAYMENT,
    PROVIDER_SIDE,
    RECEIVABLE_BY_BUCKET,
    TAKEBACK_PAYABLE,
    UNAPPLIED_CASH,
    Account,
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
_ORDERS = "PSTABCDEFGH"
MOST_PROBLEMS = 1000
MOST_NEAREST = 2
ALIKE = 70  # per cent of rapidfuzz from which an account's words count as alike
SHORTS = {
    "ar": "receivable", "pt": "patient", "in": "payer", "charge": "revenue", "collection": "agency", "insurance": "payer", "payor": "payer", "prepaid": "prepayment",
    "deposit": "prepayment", "adj": "adjustment", "cash": "bank", "checking": "bank", "agency": "agency",
}  # fmt: skip


def read_trial_balance(data: bytes) -> TrialBalance:
    """Columns `account` and `amount` (or `debit` and `credit`), and `ours` where its account has another name than ours."""
    problems: list[Problem] = []
    amounts: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    off, is_whole = (
        ZERO,
        True,
    )  # a line of an unknown account counts in the sum; one without a readable amount cannot
    for row in rows_of(data, ("account",), problems):
        try:
            amount = _balance(row)
            off += amount
        except WrongCellError as error:
            problems.append(problem_of(row, error))
            is_whole = False
            continue
        try:
            account = row.text("ours") or row.needed("account")
            if account not in BY_CODE:
                place = "ours" if row.text("ours") else "account"
                raise WrongCellError(place, _unknown(account))
            amounts[account] = amounts.get(account, ZERO) + amount
            names.setdefault(account, row.text("account"))
        except WrongCellError as error:
            problems.append(problem_of(row, error))
    if amounts and is_whole and off:
        problems.append(Problem("all lines", f"debits less credits are {show(off)}, expected 0.00"))
    if not amounts and not problems:
        problems.append(Problem("line 2", "no account, expected one or more"))
    return TrialBalance(amounts, names, tuple(problems))


def _unknown(account: str) -> str:
    """It is not in our chart; which of ours are nearest to it, by code and by name."""
    nearest = " or ".join(f"{one.code} ({one.name})" for one in nearest_accounts(account))
    expected = f"nearest {nearest}" if nearest else "expected a code like receivable:patient"
    return (
        f"{account[:40]!r} is not in our chart, {expected}; put the code of ours beside it in a column `ours`. "
        f"The practice's {len(PROVIDER_SIDE)} codes stand on the page of a new load and in docs/ledger.md"
    )


def nearest_accounts(text: str) -> list[Account]:
    """The accounts of a practice whose code or name is like the text, the nearest first; none where nothing is like it."""
    wanted = _plain(text)

    def likeness(one: Account) -> int:
        named = (_plain(one.code), _plain(one.name), _plain(f"{one.code} {one.name}"))
        return max(
            round(fuzz.token_set_ratio(wanted, words) + fuzz.token_sort_ratio(wanted, words)) // 2
            for words in named
        )

    found = sorted(PROVIDER_SIDE, key=likeness, reverse=True)  # of equals the first of the chart
    return [one for one in found[:MOST_NEAREST] if likeness(one) >= ALIKE]


def _plain(text: str) -> str:
    """Words without signs, plurals and the shorts that accountants write."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\ba\s*/\s*r\b", "receivable", text.lower()))
    return " ".join(SHORTS.get(word, word) for word in (one.removesuffix("s") for one in words))


def _balance(row: Row) -> Decimal:
    if row.text("debit") or row.text("credit"):
        sides = [amount_of(name, row.text(name) or "0") for name in ("debit", "credit")]
        if row.text("amount") and row.money("amount") != sides[0] - sides[1]:
            made = show(sides[0] - sides[1])
            raise WrongCellError(
                "amount", f"{row.text('amount')[:20]!r}, its debit less credit makes {made}"
            )
        return sides[0] - sides[1]
    return row.money("amount")


def read_items(data: bytes, *, billing: Provider, as_of: date) -> OpeningItems:
    """The open items. `billing` is the practice as its claims name it; `as_of` the day they are taken over."""
    problems: list[Problem] = []
    credits: list[OpenCredit] = []
    groups: dict[str, list[Row]] = {}
    first_lines: dict[tuple[str, ...], int] = {}
    for row in rows_of(data, NEEDED, problems):
        kind = row.text("kind").lower()
        if first := _line_before(row, first_lines):
            hint = (
                "two credits need a `reference` each"
                if kind in CREDIT_ACCOUNTS
                else "two lines of one claim need numbers in `line`"
            )
            problems.append(Problem(f"line {row.place}", f"the same as line {first} ({hint})"))
            continue
        try:
            if kind in CREDIT_ACCOUNTS:
                credits.append(_credit(row, CREDIT_ACCOUNTS[kind]))
            elif kind in ("", "item"):
                groups.setdefault(row.needed("claim"), []).append(row)
            else:
                expected = ", ".join(("item", *CREDIT_ACCOUNTS))
                raise WrongCellError("kind", f"{kind[:20]!r}, expected one of {expected}")
        except WrongCellError as error:
            problems.append(problem_of(row, error))
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


def _line_before(row: Row, lines: dict[tuple[str, ...], int]) -> int:
    """The line of the file that has the same cells, 0 where none has: an export's repeated row is not owed twice."""
    first = lines.setdefault(tuple(row.cells.values()), row.place)
    return 0 if first == row.place else first


def _credit(row: Row, account: str) -> OpenCredit:
    amount = row.money("open")
    if amount <= 0:
        raise WrongCellError("open", f"{show(amount)}, expected what is owed back, above 0.00")
    person = _person(row) if row.text("last_name") else None
    payer = _payer(row) if row.text("payer") else None
    if account == PATIENT_PREPAYMENT.code and person is None:
        raise WrongCellError("last_name", "empty, expected whose prepayment it is")
    return OpenCredit(
        account, amount, row.number("reference", 80), person, payer, f"line {row.place}"
    )


def _person(row: Row) -> Person:
    row.needed("last_name")
    return Person(
        row.number("last_name", 60),
        row.number("first_name", 35),
        born_on=row.day("born_on"),
        sex=row.text("sex").upper()[:1],
        member_id=row.number("member_id", 80),
    )


def _payer(row: Row) -> Payer:
    row.needed("payer")
    return Payer(row.number("payer", 60), row.number("payer_id", 80))


def _claim(
    rows: list[Row], billing: Provider, as_of: date, problems: list[Problem]
) -> OpenClaim | None:
    first = rows[0]
    lines, opens, buckets, since = [], [], [], []
    before = len(problems)
    for place, row in enumerate(rows, 1):
        try:
            _same_claim(first, row)
            line = _line(row, place, as_of)
            lines.append(line)
            opens.append(_open(row, line))
            buckets.append(_bucket(row))
            since.append(_day_from(row, "since", line.service_from, as_of))
        except WrongCellError as error:
            problems.append(problem_of(row, error))
    if len(problems) > before:
        return None
    try:
        claim = _value(first, tuple(lines), billing)
        submitted_on = _day_from(first, "billed_on", claim.service_from, as_of)
        payer_claim = first.number("payer_claim", 80)
    except WrongCellError as error:
        problems.append(problem_of(first, error))
        return None
    if reason := unbookable(claim) or _repeated(lines):
        problems.append(Problem(f"line {first.place}, claim {claim.control_number}", reason))
        return None
    taken = TakenOver(as_of, tuple(opens), tuple(buckets), tuple(since))
    return OpenClaim(claim, taken, payer_claim, submitted_on, f"line {first.place}")


def _open(row: Row, line: ServiceLine) -> Decimal:
    found = row.money("open")
    if found > line.charge >= 0:
        raise WrongCellError(
            "open", f"{show(found)} is more than the line's charge, {show(line.charge)}"
        )
    return found


def _day_from(
    row: Row, name: str, first: date | None, last: date, words: str = "the service"
) -> date | None:
    """The day in this column; `words` say what the first is that it may be."""
    found = row.day(name)
    if found and found > last:
        raise WrongCellError(name, f"{found} is after the day of the take-over, {last}")
    if found and first and found < first:
        raise WrongCellError(name, f"{found} is before {words}, {first}")
    return found


def _same_claim(first: Row, row: Row) -> None:
    for name in ("last_name", "first_name", "born_on", "payer", "member_id", "order"):
        if row.text(name) != first.text(name):
            raise WrongCellError(
                name, f"{row.text(name)[:40]!r} differs from line {first.place} of the same claim"
            )


def _repeated(lines: list[ServiceLine]) -> str:
    numbers = [line.number for line in lines]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    return f"line number {twice[0]} stands twice" if twice else ""


def _line(row: Row, place: int, as_of: date) -> ServiceLine:
    service = _day_from(row, "service_from", row.day("born_on"), as_of, "the day of birth")
    if service is None:
        raise WrongCellError("service_from", "empty, expected a day")
    code, revenue, ndc = row.number("procedure", 48), row.number("revenue_code", 4), row.text("ndc")
    if not (code or revenue or ndc):
        raise WrongCellError("procedure", "empty, expected a procedure, revenue_code or ndc")
    units = amount_of("units", row.text("units") or "1")
    number = row.text("line") or str(place)
    if not (number.isascii() and number.isdigit()) or len(number) > 3 or int(number) < 1:
        raise WrongCellError("line", f"{number[:20]!r}, expected 1 to 999")
    fill = row.text("fill")
    if fill and not (fill.isascii() and fill.isdigit() and len(fill) <= 2):
        raise WrongCellError("fill", f"{fill[:20]!r}, expected 0 to 99: 0 is the first fill")
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
        _day_from(row, "service_to", service, as_of, "service_from"),
        place_of_service=row.text("place_of_service")[:2],
        control_number=row.number("line_control", 50),
        revenue_code=revenue,
        drug=drug,
        pointers=() if revenue else (1,),
    )


def _bucket(row: Row) -> str:
    text = row.text("responsible").lower() or "payer"
    if text not in BUCKETS:
        raise WrongCellError("responsible", f"{text[:20]!r}, expected one of {', '.join(BUCKETS)}")
    order = _order(row)
    of_claim = bucket_of_order(order)
    bucket = BUCKETS[text] or of_claim
    if bucket.startswith("payer") and bucket != of_claim:
        # The payer's answer would credit the bucket of its order, and leave what is open here for ever.
        raise WrongCellError(
            "responsible",
            f"{text!r}, expected `payer`, patient or agency: order {order} is owed in {of_claim}; "
            "give the claim the order and the payer that is asked now",
        )
    return RECEIVABLE_BY_BUCKET[bucket].bucket


def _order(row: Row) -> str:
    found = row.text("order").upper() or "P"
    if found not in _ORDERS or len(found) != 1:
        raise WrongCellError("order", f"{found[:20]!r}, expected P, S, T or A to H")
    return found


def _value(row: Row, lines: tuple[ServiceLine, ...], billing: Provider) -> Claim:
    order = _order(row)
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
