"""Reads figures out of mappings that people wrote (YAML), with messages that name the key."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import cents, is_whole_cents


def check_keys(raw: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    """Refuse a key that nobody reads: a misspelled limit would silently not hold.

    Raises:
        InputError: a key is not known.
    """
    unknown = sorted(set(raw) - known)
    if unknown:
        raise InputError(
            f"{what}: unknown key {unknown[0]!r}", hint=f"Known keys: {', '.join(sorted(known))}"
        )


def check_filled(raw: Mapping[str, Any], what: str) -> None:
    """Refuse a key without a value: half-typed codes would mean all codes, a half-typed rate all of the charge.

    Raises:
        InputError: a key stands there with nothing behind it.
    """
    if empty := [key for key, value in raw.items() if value is None]:
        raise InputError(f"{what}: {empty[0]} is empty, expected a value, or no such key")


def number(raw: Mapping[str, Any], key: str, what: str) -> Decimal | None:
    """The number under the key, zero or more (a percent, say), or None where it is absent.

    Raises:
        InputError: it is not a number, or below zero.
    """
    value = raw.get(key)
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise InputError(f"{what}: {key} is {value!r}, expected a number") from None
    if not amount.is_finite() or amount < 0:
        raise InputError(f"{what}: {key} is {value}, expected zero or more")
    return amount


def dollars(raw: Mapping[str, Any], key: str, what: str) -> Decimal | None:
    """The amount under the key with two decimals, zero or more, or None where it is absent.

    Raises:
        InputError: it is not a number, below zero, or has a part below a cent.
    """
    amount = number(raw, key, what)
    if amount is not None and not is_whole_cents(amount):
        raise InputError(f"{what}: {key} is {amount}, expected whole cents")
    return None if amount is None else cents(amount)


def text(raw: Mapping[str, Any], key: str, what: str) -> str:
    """The words under the key.

    Raises:
        InputError: they are missing.
    """
    value = raw.get(key)
    if value is None or str(value).strip() == "":
        raise InputError(f"{what}: {key} is missing")
    return str(value)


def whole(raw: Mapping[str, Any], key: str, what: str) -> int | None:
    """The whole number under the key, zero or more, or None where it is absent.

    Raises:
        InputError: it is no such number.
    """
    found = number(raw, key, what)
    if found is not None and found != int(found):
        raise InputError(f"{what}: {key} is {found}, expected a whole number")
    return None if found is None else int(found)


def listed(raw: Mapping[str, Any], key: str, what: str) -> Sequence[Mapping[str, Any]]:
    """The mappings listed under the key; none where it is absent.

    Raises:
        InputError: it is something else.
    """
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{what}, {key}: expected a list of keys and values")
    return value


def flag(raw: Mapping[str, Any], key: str, what: str, *, default: bool) -> bool:
    """The yes or no under the key, or the default where it is absent.

    Raises:
        InputError: it is something else: the words "false" would count as yes.
    """
    value = raw.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InputError(f"{what}: {key} is {value!r}, expected true or false")
    return value


def choice(
    raw: Mapping[str, Any], key: str, what: str, known: Iterable[str], *, default: str = ""
) -> str:
    """The word under the key, one of those that are known, or the default where it is absent.

    Raises:
        InputError: it is another one, or absent and there is no default.
    """
    value = str(raw.get(key) or default)
    words = [str(word) for word in known]
    if value not in words:
        raise InputError(f"{what}: {key} is {value!r}, expected one of {', '.join(words)}")
    return value
