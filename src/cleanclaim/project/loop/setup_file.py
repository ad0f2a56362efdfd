"""Set a world's plans, fees, people and history from a YAML file (keys: docs/howto-setup-file.md).

The default world is written in the same form, in `world.yaml`. Applying a file twice changes nothing.
"""

from collections.abc import Iterable, Mapping
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
    """The list under `key`, each a mapping.

    Raises:
        InputError: it is something else.
    """
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"set-up file, {key}: expected a list of keys and values")
    return value


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


def text(item: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """A word; required unless a default is given.

    Raises:
        InputError: it is missing.
    """
    value = item.get(key, default)
    if value is None:
        raise InputError(f"set-up file, {where}: {key} is missing")
    return str(value)
