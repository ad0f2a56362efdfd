"""A plan from a mapping, as set-up files and the plans app write it (keys are the fields of `Plan`)."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.benefits.plan import Category, CobMethod, CopayOrder, PayMember, Plan
from cleanclaim.rules.code_list import CodeList, code_list
from cleanclaim.rules.read import check_keys, dollars, listed, number, text, whole
from cleanclaim.values.adjustment import Group

PLAN_KEYS = frozenset(field.name for field in fields(Plan))
CATEGORY_KEYS = frozenset(field.name for field in fields(Category))


def plan_from(raw: Mapping[str, Any]) -> Plan:
    """The plan; keys that are absent keep the field's default.

    Raises:
        InputError: a key is unknown or a value is wrong; the message names it.
    """
    what = f"plan {raw.get('code', '?')}"
    check_keys(raw, PLAN_KEYS, what)
    values: dict[str, Any] = {"code": text(raw, "code", what), "name": text(raw, "name", what)}
    values["edition"] = str(raw.get("edition") or values["name"])
    if raw.get("coinsurance") is not None:
        values["coinsurance"] = number(raw, "coinsurance", what)
    if raw.get("deductible") is not None:
        values["deductible"] = dollars(raw, "deductible", what)
    for key in ("family_deductible", "out_of_pocket", "family_out_of_pocket"):
        values[key] = dollars(raw, key, what)
    for key in ("filing_days", "filing_days_after_prior"):
        if key in raw:
            values[key] = None if raw[key] is None else whole(raw, key, what)
    for key in ("aggregate", "cob_pays_above_balance"):
        if key in raw:
            values[key] = bool(raw[key])
    for key in ("not_covered", "authorization_required"):
        values[key] = _codes(raw.get(key))
    for key, kind in (
        ("copay_order", CopayOrder),
        ("cob_method", CobMethod),
        ("pay_member", PayMember),
        ("not_covered_group", Group),
        ("authorization_group", Group),
    ):
        if key in raw:
            values[key] = _choice(raw[key], kind, key, what)
    if "year_start" in raw:
        values["year_start"] = _year_start(raw["year_start"], what)
    values["categories"] = tuple(_category(item, what) for item in listed(raw, "categories", what))
    if values.get("coinsurance", Decimal(0)) > 100:
        raise InputError(f"{what}: coinsurance is {values['coinsurance']}, expected percent to 100")
    return Plan(**values)


def _category(raw: Mapping[str, Any], plan: str) -> Category:
    what = f"{plan}, category {raw.get('name', '?')}"
    check_keys(raw, CATEGORY_KEYS, what)
    return Category(
        name=text(raw, "name", what),
        codes=_codes(raw.get("codes")),
        places=frozenset(str(place) for place in raw.get("places") or ()),
        copay=dollars(raw, "copay", what) or Decimal(0),
        coinsurance=number(raw, "coinsurance", what),
        deductible_applies=bool(raw.get("deductible_applies", True)),
    )


def _year_start(value: Any, what: str) -> tuple[int, int]:
    month, _, day = str(value).partition("-")
    try:
        found = date(2001, int(month), int(day))  # not a leap year: every year has the day
    except ValueError:
        raise InputError(f"{what}: year_start is {value!r}, expected MM-DD") from None
    return found.month, found.day


def _codes(items: Any) -> CodeList:
    return code_list(str(item) for item in items or ())


def _choice(value: Any, kind: Any, key: str, what: str) -> Any:
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise InputError(f"{what}: {key} is {value!r}, expected one of {known}") from None
