"""A contract from a mapping, as set-up files and the plans app write it (keys are the fields of `Contract`)."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.code_list import code_list
from cleanclaim.rules.pricing.price import METHODS
from cleanclaim.rules.pricing.values import Contract, Term
from cleanclaim.rules.read import check_keys, listed, number, text

CONTRACT_KEYS = frozenset(field.name for field in fields(Contract))
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
    return Term(
        method=method,
        codes=code_list(str(code) for code in raw.get("codes") or ()),
        schedule=text(raw, "schedule", what) if method == "fee_schedule" else "",
        rate=Decimal(100) if rate is None else rate,
    )
