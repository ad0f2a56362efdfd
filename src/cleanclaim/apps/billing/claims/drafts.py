"""What is typed into the claim form, read into values and back. Pure; nothing here asks the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cleanclaim.kernel.money import cents, is_whole_cents, total
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine
from cleanclaim.values.party import Provider, Role

MOST_LINES = 50
MOST_DIAGNOSES = 12
MOST_MODIFIERS = 4
LARGEST_CHARGE = Decimal("9999999.99")
FIRST_LINES = 3

PriceOf = Callable[[str, str, date], Decimal | None]  # (code, modifiers by hyphen, day)


@dataclass(slots=True)
class LineDraft:
    """One line as typed; `number` is its number on the claim, 0 where it is new."""

    place: int
    number: int = 0
    code: str = ""
    modifiers: str = ""
    units: str = ""
    charge: str = ""
    pointers: str = ""
    service_on: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that makes a line."""
        return not (self.code or self.charge)


@dataclass(slots=True)
class Draft:
    """A claim as typed. `errors` are by field; a line's own are at the line."""

    coverage: str = ""
    service_on: str = ""
    place_of_service: str = "11"
    rendering: str = ""
    authorization: str = ""
    member_id: str = ""
    original_number: str = ""
    diagnoses: str = ""
    lines: list[LineDraft] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether everything could be read."""
        return not self.errors and not any(line.errors for line in self.lines)


FIELDS = (
    "coverage",
    "service_on",
    "place_of_service",
    "rendering",
    "authorization",
    "member_id",
    "original_number",
    "diagnoses",
)
LINE_FIELDS = ("number", "code", "modifiers", "units", "charge", "pointers", "service_on")


def empty_draft() -> Draft:
    """A form to begin with."""
    return Draft(lines=[LineDraft(place) for place in range(1, FIRST_LINES + 1)])


def read_draft(form: Mapping[str, str]) -> Draft:
    """What was typed; fields are `service_on`, `line-2-code` and so on."""
    typed: dict[str, Any] = {name: _text(form, name) for name in FIELDS}
    draft = Draft(**typed)
    for place in range(1, MOST_LINES + 1):
        if f"line-{place}-code" not in form:
            break
        texts: dict[str, Any] = {name: _text(form, f"line-{place}-{name}") for name in LINE_FIELDS}
        number = texts.pop("number")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
        draft.lines.append(LineDraft(place, known, **texts))
    return draft


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\0", "").strip()[:200]


def read_day(text: str, *, today: date) -> date | None:
    """A day as people type it: 2026-11-09, 11/9, 1109, 11/9/26, 110926, 11092026; None if it is none.

    Without a year it is the newest such day that is not after today.
    """
    try:
        return date.fromisoformat(text) if text.count("-") == 2 and len(text) == 10 else _us_day(
            text, today=today
        )  # fmt: skip
    except ValueError:
        return None


def _us_day(text: str, *, today: date) -> date | None:
    parts = text.replace("-", "/").replace(".", "/").split("/")
    if len(parts) == 1:
        parts = [text[:2], text[2:4], text[4:]] if len(text) in (6, 8) else [text[:2], text[2:4]]
        if len(text) not in (4, 6, 8):
            return None
    if not 2 <= len(parts) <= 3 or not all(one.isascii() and one.isdigit() for one in parts):
        return None
    month, day = int(parts[0]), int(parts[1])
    if len(parts) == 3:
        year = int(parts[2])
        return date(year + 2000 if year < 100 else year, month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)


def read_diagnoses(text: str) -> tuple[Diagnosis, ...]:
    """Codes with blanks or commas between; the first is the principal one."""
    codes = text.replace(",", " ").replace(";", " ").upper().replace(".", "").split()
    return tuple(Diagnosis(code, "ABF" if n else "ABK") for n, code in enumerate(codes))


def show_diagnosis(code: str) -> str:
    """With the dot that people write: M17.11."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def read_pointers(text: str) -> tuple[int, ...]:
    """Diagnoses of a line: `1 2`, `12` or `AB`; empty = the first.

    Raises:
        ValueError: something else is in it.
    """
    marks = text.upper().replace(",", " ").replace(":", " ")
    parts = marks.split() if " " in marks.strip() else list(marks.strip())
    found = []
    for part in parts:
        place = ord(part) - ord("A") + 1 if len(part) == 1 and "A" <= part <= "L" else int(part)
        if not 1 <= place <= MOST_DIAGNOSES:
            raise ValueError(text)
        found.append(place)
    return tuple(dict.fromkeys(found))[:4] or (1,)


def apply_draft(
    claim: Claim, draft: Draft, *, today: date, renderers: Sequence[Provider], price_of: PriceOf
) -> Claim:
    """The claim with what was typed; what the form does not show stays. Errors go into the draft."""
    day = read_day(draft.service_on, today=today) if draft.service_on else None
    if draft.service_on and day is None:
        draft.errors["service_on"] = f"{draft.service_on}: expected a day such as 11/9."
    elif not draft.service_on:
        draft.errors["service_on"] = "Enter the day of service."
    diagnoses = read_diagnoses(draft.diagnoses)
    if len(diagnoses) > MOST_DIAGNOSES:
        draft.errors["diagnoses"] = f"{len(diagnoses)} diagnoses, expected 12 at most."
    old = {line.number: line for line in claim.lines}
    used = set(old)
    lines = []
    for typed in draft.lines:
        if typed.is_empty:
            continue
        if typed.number not in old:
            typed.number = max(used, default=0) + 1
        used.add(typed.number)
        line = _line(typed, old.get(typed.number), day=day, today=today, price_of=price_of)
        if line is not None:
            lines.append(line)
    if not lines and draft.is_right:
        draft.errors["lines"] = "Enter at least one line."
    charge = total(line.charge for line in lines)
    return replace(
        claim,
        charge=_as_it_was(claim.charge, charge),
        place_of_service=draft.place_of_service,
        diagnoses=diagnoses,
        providers=_with_rendering(claim, draft.rendering, renderers),
        authorization_number=draft.authorization,
        lines=tuple(lines),
    )


def with_numbers(claim: Claim, draft: Draft) -> Claim:
    """The claim under another member id, or answering another claim of the payer's; empty changes nothing."""
    if draft.original_number and draft.original_number != claim.original_payer_number:
        claim = replace(claim, original_payer_number=draft.original_number)
    if not draft.member_id or draft.member_id == claim.subscriber.person.member_id:
        return claim
    person = replace(claim.subscriber.person, member_id=draft.member_id)
    return replace(claim, subscriber=replace(claim.subscriber, person=person))


def _with_rendering(claim: Claim, npi: str, renderers: Sequence[Provider]) -> tuple[Provider, ...]:
    """The claim's providers with this one rendering; "" leaves it to the billing provider."""
    now = next((one for one in claim.providers if one.role is Role.RENDERING), None)
    if now is not None and now.npi == npi:
        return claim.providers
    others = tuple(one for one in claim.providers if one.role is not Role.RENDERING)
    chosen = next((one for one in renderers if one.npi == npi), None)
    return (chosen, *others) if chosen else others


def _line(
    typed: LineDraft, old: ServiceLine | None, *, day: date | None, today: date, price_of: PriceOf
) -> ServiceLine | None:
    code, _, rest = typed.code.upper().replace(" ", "-").partition("-")
    modifiers = tuple(
        one for one in f"{rest} {typed.modifiers}".upper().replace("-", " ").replace(",", " ").split()
    )  # fmt: skip
    if not code:
        typed.errors["code"] = "Enter the code."
    if len(modifiers) > MOST_MODIFIERS or any(len(one) != 2 for one in modifiers):
        typed.errors["modifiers"] = "Up to four modifiers of two signs each."
    on = day
    if typed.service_on:
        on = read_day(typed.service_on, today=today)
        if on is None:
            typed.errors["service_on"] = f"{typed.service_on}: expected a day such as 11/9."
    quantity = _quantity(typed)
    charge = _charge(typed, code, modifiers, on, quantity, price_of)
    try:
        pointers = read_pointers(typed.pointers)
    except ValueError:
        typed.errors["pointers"] = "Diagnoses of the line, such as 12 or AB."
        pointers = (1,)
    if typed.errors or charge is None or quantity is None:
        return None
    typed.code, typed.modifiers = code, " ".join(modifiers)
    if old is None:
        return ServiceLine(
            number=typed.number,
            procedure=Procedure(code, modifiers),
            charge=charge,
            quantity=quantity,
            service_from=on,
            pointers=pointers,
            control_number=f"L{typed.number}",
        )
    same = old.procedure.code == code and old.procedure.modifiers == modifiers
    return replace(
        old,
        procedure=old.procedure if same else replace(old.procedure, code=code, modifiers=modifiers),
        charge=_as_it_was(old.charge, charge),
        quantity=_as_it_was(old.quantity, quantity),
        service_from=on,
        service_to=old.service_to if old.service_from == on else None,
        pointers=pointers,
    )


def _as_it_was(before: Decimal, after: Decimal) -> Decimal:
    """An equal amount keeps the digits that it came with, so that it is no change."""
    return before if before == after else after


def _quantity(typed: LineDraft) -> Decimal | None:
    try:
        quantity = Decimal(typed.units or "1")
    except InvalidOperation:
        quantity = Decimal(0)
    if not quantity.is_finite() or not 0 < quantity < 100_000:
        typed.errors["units"] = f"{typed.units}: expected a number above 0."
        return None
    return quantity


def _charge(
    typed: LineDraft,
    code: str,
    modifiers: tuple[str, ...],
    on: date | None,
    quantity: Decimal | None,
    price_of: PriceOf,
) -> Decimal | None:
    if not typed.charge:
        price = price_of(code, "-".join(modifiers), on) if code and on else None
        if price is None:
            typed.errors["charge"] = "Enter the charge: the practice has no price for this code."
            return None
        charge = cents(price * (quantity or 1))
        typed.charge = f"{charge:.2f}"
        return charge
    try:
        charge = Decimal(typed.charge.replace(",", "").replace("$", ""))
    except InvalidOperation:
        charge = Decimal("NaN")
    if not charge.is_finite() or not 0 <= charge <= LARGEST_CHARGE or not is_whole_cents(charge):
        typed.errors["charge"] = f"{typed.charge}: expected dollars and cents, zero or more."
        return None
    return cents(charge)


def draft_of(claim: Claim, *, spare_lines: int = 1) -> Draft:
    """The form of a claim that is here."""
    rendering = next((one for one in claim.providers if one.role is Role.RENDERING), None)
    days = {line.service_from for line in claim.lines}
    first = claim.service_from
    draft = Draft(
        service_on=first.isoformat() if first else "",
        place_of_service=claim.place_of_service,
        rendering=rendering.npi if rendering else "",
        authorization=claim.authorization_number,
        member_id=claim.subscriber.person.member_id,
        original_number=claim.original_payer_number,
        diagnoses=" ".join(show_diagnosis(one.code) for one in claim.diagnoses),
    )
    for place, line in enumerate(claim.lines, 1):
        own_day = line.service_from if len(days) > 1 else None
        draft.lines.append(
            LineDraft(
                place,
                line.number,
                line.procedure.code,
                " ".join(line.procedure.modifiers),
                f"{line.quantity.normalize():f}",
                f"{line.charge:.2f}",
                " ".join(str(one) for one in line.pointers),
                own_day.isoformat() if own_day else "",
            )
        )
    for place in range(len(draft.lines) + 1, len(draft.lines) + spare_lines + 1):
        draft.lines.append(LineDraft(place))
    return draft


def changed_fields(before: Draft, after: Draft) -> dict[str, str]:
    """{field name in the form: new value} of what differs; for a fix that is shown before it is made."""
    found = {
        name: getattr(after, name)
        for name in FIELDS
        if name != "coverage" and getattr(before, name) != getattr(after, name)
    }
    by_number = {line.number: line for line in after.lines if line.number}
    for line in before.lines:
        fixed = by_number.get(line.number)
        for name in ("code", "modifiers", "units", "charge", "pointers"):
            if fixed is not None and getattr(line, name) != getattr(fixed, name):
                found[f"line-{line.place}-{name}"] = getattr(fixed, name)
    return found
