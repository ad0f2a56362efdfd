"""A contract from a mapping, as set-up files and the plans app write it (keys are the fields of `Contract`)."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import LIMIT
from cleanclaim.rules.pricing.load_clauses import MOST_PERCENT, codes, modifiers, ranks, stop_losses
from cleanclaim.rules.pricing.price import METHODS
from cleanclaim.rules.pricing.values import (
    WHOLE_CLAIM,
    Contract,
    Covers,
    Option,
    Term,
    Tier,
)
from cleanclaim.rules.read import (
    check_filled,
    check_keys,
    choice,
    flag,
    listed,
    number,
    text,
    whole,
)

CONTRACT_KEYS = frozenset(field.name for field in fields(Contract))
_FIXED = ("flat", "per_unit", "case_rate")
_NAMED = ("awp_discount", "percent_of_medicare")
_READ_BY = {
    "amount": (*_FIXED, "per_diem"),
    "tiers": ("per_diem",),
    "discount": ("awp_discount",),
    "options": ("lesser_of",),
    "schedule": ("fee_schedule", *_NAMED),
}
TERM_KEYS = frozenset(field.name for field in fields(Term))


def contract_from(raw: Mapping[str, Any]) -> Contract:
    """The contract.

    Raises:
        InputError: a key or method is unknown, or a value is wrong; the message names it.
    """
    what = f"contract {raw.get('code', '?')}"
    check_keys(raw, CONTRACT_KEYS, what)
    check_filled(raw, what)
    name = text(raw, "name", what)
    return Contract(
        code=text(raw, "code", what),
        name=name,
        edition=str(raw.get("edition") or name),
        terms=tuple(_term(item, what) for item in listed(raw, "terms", what)),
        pays_lesser_of_charge=flag(raw, "pays_lesser_of_charge", what, default=True),
        modifiers=modifiers(raw, what),
        multiple_procedures=ranks(raw, what),
        stop_loss=stop_losses(raw, what),
    )


def _term(raw: Mapping[str, Any], contract: str) -> Term:
    what = f"{contract}, term {raw.get('method', '?')}"
    check_keys(raw, TERM_KEYS, what)
    check_filled(raw, what)
    method = text(raw, "method", what)
    if method not in METHODS:
        raise InputError(f"{what}: expected one of {', '.join(METHODS)}")
    _check_read(raw, method, what)
    rate = number(raw, "rate", what)
    if rate is not None and rate > MOST_PERCENT:
        raise InputError(f"{what}: rate is {rate}, expected {MOST_PERCENT} percent at most")
    drugs = str(raw.get("drugs") or "")
    if drugs not in ("", "brand", "generic"):
        raise InputError(f"{what}: drugs is {drugs!r}, expected brand or generic")
    return Term(
        method=method,
        codes=codes(raw, what, is_needed=method == "per_diem"),
        schedule=_schedule(raw, method, what),
        rate=Decimal(100) if rate is None else rate,
        clause=str(raw.get("clause") or ""),
        amount=_needed(raw, "amount", what) if method in _FIXED else Decimal(0),
        discount=_discount(raw, what) if method == "awp_discount" else Decimal(0),
        dispensing_fee=number(raw, "dispensing_fee", what) or Decimal(0),
        drugs=drugs,
        options=_options(raw, what) if method == "lesser_of" else (),
        tiers=_tiers(raw, what) if method == "per_diem" else (),
        covers=_covers(raw, method, what),
        carve_out=_carve_out(raw, method, what),
    )


def _check_read(raw: Mapping[str, Any], method: str, what: str) -> None:
    """Refuse a figure that the method does not read: 70 as `amount` would leave 100 percent of the charge."""
    for key, methods in _READ_BY.items():
        if key in raw and method not in methods:
            raise InputError(
                f"{what}: {key} is not read by it, only by {', '.join(methods)}",
                hint="Take the key out, or name the method that is meant.",
            )


def _schedule(raw: Mapping[str, Any], method: str, what: str) -> str:
    if method == "fee_schedule":
        return text(raw, "schedule", what)
    return str(raw.get("schedule") or "") if method in _NAMED else ""


def _needed(raw: Mapping[str, Any], key: str, what: str) -> Decimal:
    found = number(raw, key, what)
    if found is None:
        raise InputError(f"{what}: {key} is missing")
    if found >= LIMIT:
        raise InputError(f"{what}: {key} is {found}, expected less than {LIMIT:,}")
    return found


def _tiers(raw: Mapping[str, Any], what: str) -> tuple[Tier, ...]:
    """The dollars a day: `tiers`, or one `amount` for every day."""
    if "tiers" not in raw:
        return (Tier(_needed(raw, "amount", what)),)
    found = []
    for item in listed(raw, "tiers", what):
        check_keys(item, frozenset({"amount", "through_day"}), f"{what}, tiers")
        found.append(Tier(_needed(item, "amount", what), whole(item, "through_day", what)))
    ends = [tier.through_day for tier in found]
    days = [0, *(day for day in ends[:-1] if day is not None)]
    if not found or ends[-1] is not None or None in ends[:-1] or days != sorted(set(days)):
        raise InputError(
            f"{what}, tiers: expected rising days (through_day), and the last tier without one"
        )
    return tuple(found)


def _covers(raw: Mapping[str, Any], method: str, what: str) -> Covers:
    if "covers" in raw and method not in WHOLE_CLAIM:
        raise InputError(f"{what}: covers is for {' and '.join(WHOLE_CLAIM)} only")
    return Covers(choice(raw, "covers", what, Covers, default=Covers.CLAIM))


def _carve_out(raw: Mapping[str, Any], method: str, what: str) -> bool:
    found = flag(raw, "carve_out", what, default=False)
    if found and (method in WHOLE_CLAIM or not raw.get("codes")):
        raise InputError(f"{what}: carve_out needs codes, and a price by line")
    return found


def _discount(raw: Mapping[str, Any], what: str) -> Decimal:
    found = _needed(raw, "discount", what)
    if found > 100:
        raise InputError(f"{what}: discount is {found}, expected a percent of 100 at most")
    return found


def _options(raw: Mapping[str, Any], what: str) -> tuple[Option, ...]:
    terms = tuple(_term(item, what) for item in listed(raw, "options", what))
    if any(one.options for one in terms):
        raise InputError(f"{what}: an option has options of its own")
    if wrong := next((one.method for one in terms if one.method in WHOLE_CLAIM), ""):
        raise InputError(f"{what}: an option is {wrong}, expected methods that price a line alone")
    if len(terms) < 2:
        raise InputError(f"{what}: {len(terms)} options, expected two or more")
    names = [field.name for field in fields(Option)]
    return tuple(Option(**{name: getattr(term, name) for name in names}) for term in terms)
