"""Which claim the number on the paper means: found by digits alone, as a number pad types them, and never guessed.

Exact numbers come first: our claim number (its digits are enough, with or without leading zeros) with the other fills of
a prescription, then the payer's. Only where none fits, the digits
are read as a charge or as a day of service of this payer's claims. Every hit says by what it was found.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cleanclaim.apps.billing.charges.selectors import Line, charges_of, of_version, to_open_item
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.keying.models import Batch
from cleanclaim.apps.billing.remittances.models import Outcome, RemittanceClaim
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.posting.fills import Fill, ToldFill, number_readings
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.values import remittance as values
from cleanclaim.values.accounts import BY_CODE
from cleanclaim.values.codec import from_json
from cleanclaim.values.remittance import LinePayment

MOST = 9  # one digit chooses
LONGEST_NUMBER = 20  # digits of a claim's number, as CLM01 takes them
_NOT_KEYED = [State.DRAFT.value, State.VOID.value]
_DAY = re.compile(r"(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(\d\d|\d{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answered:
    """A line with what is open on it, and what an answer that stands said of it."""

    line: Line
    open: Decimal
    earlier: LinePayment | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that the typed number may mean; `reason` says why."""

    claim: Claim
    reason: str
    lines: tuple[Answered, ...]


def find_claims(batch: Batch, text: str, *, is_reversal: bool = False) -> list[Hit]:
    """The claims that the text may mean, best first, at most nine."""
    wanted = text.strip()[:80]
    if not wanted:
        return []
    for find in (_by_our_number, _by_payer_number, _by_digits, _by_charge, _by_day):
        if found := find(batch, wanted):
            return _hits(found, is_reversal=is_reversal)
    return []


def payer_named(text: str) -> Payer:
    """The one payer that a text names: by number, by name, by the start or a part of the name.

    Raises:
        InputError: none or several.
    """
    wanted = text.strip()[:120]
    for found in (
        Payer.objects.filter(payer_id=wanted),
        Payer.objects.filter(name__iexact=wanted),
        Payer.objects.filter(name__istartswith=wanted),
        Payer.objects.filter(name__icontains=wanted),
    ):
        rows = list(found.order_by("name", "id")[:4]) if wanted else []
        if len(rows) == 1:
            return rows[0]
        if rows:
            names = "; ".join(f"{row.name} ({row.payer_id})" for row in rows[:3])
            raise InputError(f"payer {wanted!r}: several fit", hint=f"Give its number: {names}")
    raise InputError(f"payer {wanted!r}: not found", hint="Its first claim or 835 adds it.")


Found = list[tuple[int, str]]


def _rows(sql: str, parameters: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM claims_claim WHERE state <> ALL(%s::text[]) AND "
            f"{sql} ORDER BY open_amount <= 0, id DESC LIMIT {MOST}",
            [_NOT_KEYED, *parameters],
        )
        return [row[0] for row in cursor.fetchall()]


def _named(ids: Iterable[int], reason: str) -> Found:
    return [(claim_id, reason) for claim_id in ids]


def _by_our_number(batch: Batch, text: str) -> Found:
    ours = _rows("control_number = %s::text", [text.upper()]) or _rows(
        "control_number = %s::text", [text]
    )
    found = [*_named(ours, "claim number"), *(_by_other_zeros(text, ours) if ours else [])]
    known = {claim_id for claim_id, _ in found}
    more = [one for one in _by_prescription(text) if one[0] not in known]
    return [*found, *more][:MOST]


def _by_other_zeros(text: str, ours: Sequence[int]) -> Found:
    """Claims whose number differs by leading zeros alone: paper drops them, or adds some. 6033 is 06033 as well."""
    number = _without_zeros(text)
    if not number:
        return []
    written = [number.zfill(length) for length in range(len(number), LONGEST_NUMBER + 1)]
    others = _rows("control_number = ANY(%s::text[])", [written])
    return _named((one for one in others if one not in ours), "claim number but for leading zeros")


def _without_zeros(text: str) -> str:
    """The digits from the first that counts on; empty where the text is none, or nothing else than zeros."""
    return text.lstrip("0") if text.isascii() and text.isdigit() else ""


def _by_prescription(text: str) -> Found:
    """Claims for fills of the prescription; only that fill where one is typed behind it."""
    told = ToldFill(number_readings(text), "", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT claim_id, prescription_number, fill_number, ndc FROM charges_charge "
            "WHERE last_version IS NULL AND prescription_number <> '' "
            "AND prescription_number = ANY(%s::text[]) ORDER BY fill_number DESC, claim_id DESC",
            [[number for number, _ in told.numbers]],
        )
        fills = {claim_id: Fill(*fill) for claim_id, *fill in cursor.fetchall()}
    named = {claim_id: fill for claim_id, fill in fills.items() if told.names(fill)}
    if not named:
        return []
    return [
        (claim_id, f"prescription {named[claim_id].prescription}, {named[claim_id].words}")
        for claim_id in _rows("id = ANY(%s::bigint[])", [list(named)])
    ]


def _by_payer_number(batch: Batch, text: str) -> Found:
    return _named(
        _rows("payer_control_number = %s::text AND payer_control_number <> ''", [text]),
        "payer's number",
    )


def _by_digits(batch: Batch, text: str) -> Found:
    """A claim number without its letters: H-20377 is 20377, and H-06033 is 6033 as well as 06033.

    Where only one with other leading zeros fits, the text may still be a charge or a day: those are offered with it.
    """
    number = _without_zeros(text)
    if not number:
        return []
    same = "ltrim(regexp_replace(control_number, '[^0-9]', '', 'g'), '0') = %s::text"
    in_payer = f"payer_id = %s::bigint AND {same}"
    ids = _rows(in_payer, [batch.payer_id, number]) or _rows(same, [number])
    names = Claim.objects.filter(is_one_of("id", ids)).values_list("id", "control_number")
    digits = {claim_id: re.sub(r"[^0-9]", "", name) for claim_id, name in names}
    exact = [claim_id for claim_id in ids if digits[claim_id] == text]
    others = _named(
        (one for one in ids if one not in exact),
        "digits of the claim number but for leading zeros",
    )
    if exact or not others:
        return [*_named(exact, "digits of the claim number"), *others][:MOST]
    known = {claim_id for claim_id, _ in others}
    read = _by_charge(batch, text) or _by_day(batch, text)
    return [*others, *(one for one in read if one[0] not in known)][:MOST]


def _by_charge(batch: Batch, text: str) -> Found:
    if not re.fullmatch(r"\d{1,8}(\.\d{1,2})?", text, re.ASCII):
        return []
    where = "payer_id = %s::bigint AND open_amount > 0 AND charge = %s::numeric"
    return _named(_rows(where, [batch.payer_id, text]), "charge")


def _by_day(batch: Batch, text: str) -> Found:
    found = _DAY.fullmatch(text)
    if found is None:
        return []
    month, day, year = found.groups()
    try:
        on = date(_year(year, batch.paid_on), int(month), int(day))
    except ValueError:
        return []
    where = "payer_id = %s::bigint AND open_amount > 0 AND service_from = %s::date"
    return _named(_rows(where, [batch.payer_id, on]), "day of service")


def _year(text: str | None, paid_on: date) -> int:
    if text is None:
        return paid_on.year
    return int(text) if len(text) == 4 else 2000 + int(text)


def _hits(found: Found, *, is_reversal: bool) -> list[Hit]:
    ids = [claim_id for claim_id, _ in found]
    rows = {row.pk: row for row in Claim.objects.filter(is_one_of("id", ids))}
    charges = charges_of(ids)
    balances = open_by_item(ids)
    return [
        Hit(
            rows[claim_id],
            reason,
            _taken_back(rows[claim_id], charges[claim_id], balances)
            if is_reversal
            else tuple(
                Answered(line, balances.get(line.item_id, ZERO))
                for line in of_version(charges[claim_id], 0)
                if line.item_id
            ),
        )
        for claim_id, reason in found
    ]


def open_by_item(claim_ids: Sequence[int]) -> dict[int, Decimal]:
    """{item: dollars open with payers}."""
    found: dict[int, Decimal] = {}
    for (item_id, account), amount in item_balances(claim_ids=list(claim_ids)).items():
        if (BY_CODE[account].bucket or "").startswith("payer"):
            found[item_id] = found.get(item_id, ZERO) + amount
    return found


def _taken_back(
    claim: Claim, charges: Sequence[Line], balances: dict[int, Decimal]
) -> tuple[Answered, ...]:
    """The lines of the version whose answer stands, each with what that answer said."""
    places = RemittanceClaim.objects.filter(claim_id=claim.pk).order_by("-id")
    last = places.filter(outcome__in=(Outcome.PAID, Outcome.PARTIAL, Outcome.DENIED)).first()
    lines = [line for line in of_version(charges, last.version if last else 0) if line.item_id]
    earlier: dict[int, LinePayment] = {}
    if last is not None:
        payment = from_json(last.body, values.ClaimPayment)
        items = [to_open_item(line, {}) for line in lines]
        for paid, item in zip(payment.lines, match_lines(payment, items), strict=True):
            if item is not None:
                earlier[item.item_id] = paid
    return tuple(
        Answered(line, balances.get(line.item_id, ZERO), earlier.get(line.item_id))
        for line in lines
    )
