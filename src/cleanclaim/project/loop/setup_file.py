"""Set a world's plans, fees, people and history from a YAML file (keys: docs/howto-setup-file.md).

The default world is written in the same form, in `world.yaml`. Applying a file twice changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from cleanclaim.kernel.errors import InputError

KEYS = frozenset(
    [
        "payer",
        "valid_from",
        "default_plan",
        "default_contract",
        "plans",
        "contracts",
        "fees",
        "members",
        "providers",
        "authorizations",
        "used",
        "prior_claims",
        "open_claims",
        "options",
    ]
)


_CLAIM = (
    "member_id last_name first_name born_on billing_name billing_npi billing_tin control_number "
    "place_of_service diagnosis received_on lines"
)
# Keys of each list's items; plans and contracts are checked where their terms are read.
ITEM_KEYS = {
    "fees": "schedule release valid_from valid_to rates",
    "members": "member_id last_name first_name middle_name born_on sex relationship group_number plan "
    "valid_from valid_to",
    "providers": "npi tin name contract taxonomy pays_by bank_routing bank_account address_line city "
    "state zip_code network valid_from valid_to",
    "authorizations": "number member_id code provider_npi units valid_from valid_to",
    "used": "member_id first_name plan year deductible out_of_pocket family_deductible "
    "family_out_of_pocket",
    "prior_claims": _CLAIM,
    "open_claims": _CLAIM,
    "lines": "code modifiers charge units service_from service_to",
    "options": "original_not_found suspect_duplicate high_dollar",
}


def read_setup(path: Path) -> dict[str, Any]:
    """The file's mapping.

    Raises:
        InputError: it cannot be read, is not YAML, or has an unknown key; the message says where.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"set-up file {path}: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 1980-02-30, or no UTF-8
        raise InputError(f"set-up file {path}: not YAML: {' '.join(str(error).split())}") from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise InputError(
            f"set-up file {path}: expected keys and values, found a {type(raw).__name__}"
        )
    unknown = sorted(set(map(str, raw)) - KEYS)
    if unknown:
        raise InputError(
            f"set-up file {path}: unknown key {unknown[0]!r}",
            hint=f"Known keys: {', '.join(sorted(KEYS))}",
        )
    return raw


def items(raw: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    """The list under `key`, each a mapping of known keys, whose span of days does not run backwards.

    Raises:
        InputError: it is something else.
    """
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"set-up file, {key}: expected a list of keys and values")
    for place, item in enumerate(value, 1):
        where = f"{key} {place}"
        check_keys(item, key, where)
        first, end = day(item, "valid_from", where), day(item, "valid_to", where)
        if first and end and end <= first:
            raise InputError(
                f"set-up file, {where}: valid_to is {end}, expected a day after {first}"
            )
    return value


def mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping of known keys under `key`; empty where it is absent.

    Raises:
        InputError: it is something else.
    """
    value = raw.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"set-up file, {key}: expected keys and values")
    check_keys(value, key, key)
    return value


def check_keys(item: Mapping[str, Any], kind: str, where: str) -> None:
    """Refuse a key that the kind of item does not know.

    Raises:
        InputError: the message names the key and those that are known.
    """
    known = ITEM_KEYS.get(kind, "").split()
    unknown = sorted(set(map(str, item)) - set(known))
    if known and unknown:
        raise InputError(
            f"set-up file, {where}: unknown key {unknown[0]!r}",
            hint=f"Known keys: {', '.join(sorted(known))}",
        )


def day(item: Mapping[str, Any], key: str, where: str, default: date | None = None) -> date | None:
    """A day (YYYY-MM-DD), or the default where the key is absent.

    Raises:
        InputError: it is not a day.
    """
    value = item.get(key, default)
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"set-up file, {where}: {key} is {value!r}, expected YYYY-MM-DD") from None


def dollars(item: Mapping[str, Any], key: str, where: str, default: str = "0") -> Decimal:
    """An amount; text or a whole number, never a binary fraction.

    Raises:
        InputError: it is not an amount in cents.
    """
    value = item.get(key, default)
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise InputError(
            f'set-up file, {where}: {key} is {value!r}, expected dollars such as "80.00"'
        )
    return amount


def amount(item: Mapping[str, Any], key: str, where: str, default: str | None = None) -> Decimal:
    """A count, zero or more, such as units or a year; required unless a default is given.

    Raises:
        InputError: it is missing or no such number.
    """
    value = text(item, key, where, default)
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found < 10**9:
        raise InputError(f"set-up file, {where}: {key} is {value!r}, expected a number")
    return found


def word(item: Mapping[str, Any], key: str, where: str, choices: Sequence[str]) -> str:
    """One of the choices.

    Raises:
        InputError: it is none of them.
    """
    # YAML reads a bare `off` as false.
    value = "off" if item[key] is False else str(item[key])
    if value not in choices:
        expected = ", ".join(choices)
        raise InputError(f"set-up file, {where}: {key} is {value!r}, expected one of {expected}")
    return value


def text(item: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """A word; required unless a default is given.

    Raises:
        InputError: it is missing.
    """
    value = item.get(key, default)
    if value is None:
        raise InputError(f"set-up file, {where}: {key} is missing")
    return str(value)
