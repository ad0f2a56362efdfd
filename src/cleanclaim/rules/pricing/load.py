"""A contract from a mapping, as set-up files and the plans app write it (keys are the fields of `Contract`)."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.code_list import code_list
from cleanclaim.rules.pricing.price import METHODS
from cleanclaim.rules.pricing.values import Contract, Option, Term
from cleanclaim.rules.read import check_keys, listed, number, text

CONTRACT_KEYS = frozenset(field.name for field in fields(Contract))
_FIXED = ("flat", "per_unit")
_NAMED = ("awp_discount", "percent_of_medicare")
TERM_KEYS = frozenset(field.name for field in fields(Term))


def contract_from(raw: Mapping[str, Any]) -> Contract:
    """The contract.

    Raises:
        InputError: a key or method is unknown, or a value is wrong; the message names it.
    """
    what = f"contract {raw.get('code', '?')}"
    check_keys(raw, CONTRACT_KEYS, what)
    name = text(raw, "name", what)
    return Contract(
        code=text(raw, "code", what),
        name=name,
        edition=str(raw.get("edition") or name),
        terms=tuple(_term(item, what) for item in listed(raw, "terms", what)),
        pays_lesser_of_charge=bool(raw.get("pays_lesser_of_charge", True)),
    )


def _term(raw: Mapping[str, Any], contract: str) -> Term:
    what = f"{contract}, term {raw.get('method', '?')}"
    check_keys(raw, TERM_KEYS, what)
    method = text(raw, "method", what)
    if method not in METHODS:
        raise InputError(f"{what}: expected one of {', '.join(METHODS)}")
    rate = number(raw, "rate", what)
    drugs = str(raw.get("drugs") or "")
    if drugs not in ("", "brand", "generic"):
        raise InputError(f"{what}: drugs is {drugs!r}, expected brand or generic")
    return Term(
        method=method,
        codes=code_list(str(code) for code in raw.get("codes") or ()),
        schedule=_schedule(raw, method, what),
        rate=Decimal(100) if rate is None else rate,
        clause=str(raw.get("clause") or ""),
        amount=_needed(raw, "amount", what) if method in _FIXED else Decimal(0),
        discount=_discount(raw, what) if method == "awp_discount" else Decimal(0),
        dispensing_fee=number(raw, "dispensing_fee", what) or Decimal(0),
        drugs=drugs,
        options=_options(raw, what) if method == "lesser_of" else (),
    )


def _schedule(raw: Mapping[str, Any], method: str, what: str) -> str:
    if method == "fee_schedule":
        return text(raw, "schedule", what)
    return str(raw.get("schedule") or "") if method in _NAMED else ""


def _needed(raw: Mapping[str, Any], key: str, what: str) -> Decimal:
    found = number(raw, key, what)
    if found is None:
        raise InputError(f"{what}: {key} is missing")
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
    if len(terms) < 2:
        raise InputError(f"{what}: {len(terms)} options, expected two or more")
    names = [field.name for field in fields(Option)]
    return tuple(Option(**{name: getattr(term, name) for name in names}) for term in terms)
