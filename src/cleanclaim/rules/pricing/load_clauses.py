"""The clauses of a contract beside its terms, from a mapping: modifiers, several procedures, stop loss."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.code_list import CodeList, code_list
from cleanclaim.rules.pricing.values import ModifierClause, RankClause, StopLoss, StopLossPays
from cleanclaim.rules.read import check_keys, choice, dollars, listed, number, text

MOST_PERCENT = Decimal(10_000)


def codes(raw: Mapping[str, Any], what: str, *, is_needed: bool = False) -> CodeList:
    """The codes that something holds for.

    Raises:
        InputError: they are no list, one of them is none, or they are needed and missing.
    """
    value = raw.get("codes") or []
    if not isinstance(value, list) or any(isinstance(code, dict | list) for code in value):
        raise InputError(
            f"{what}: codes is {value!r}, expected a list such as [99213, 99202-99215]"
        )
    found = code_list(str(code) for code in value)
    if is_needed and not found:
        raise InputError(f"{what}: codes is missing, expected the codes whose units are the days")
    return found


def modifiers(raw: Mapping[str, Any], what: str) -> tuple[ModifierClause, ...]:
    """`modifiers: [{modifier: "50", percent: 150, codes: [...], clause: ...}]`."""
    found = []
    for item in listed(raw, "modifiers", what):
        where = f"{what}, modifier {item.get('modifier', '?')}"
        check_keys(item, frozenset({"modifier", "percent", "codes", "clause"}), where)
        modifier = text(item, "modifier", where).strip().upper()
        if len(modifier) != 2:
            raise InputError(f"{where}: expected two characters")
        clause = str(item.get("clause") or "")
        found.append(
            ModifierClause(modifier, _percent(item, "percent", where), codes(item, where), clause)
        )
    return tuple(found)


def ranks(raw: Mapping[str, Any], what: str) -> tuple[RankClause, ...]:
    """`multiple_procedures: [{percents: [100, 50, 25], codes: [10000-69999], clause: ...}]`."""
    found = []
    for item in listed(raw, "multiple_procedures", what):
        where = f"{what}, multiple procedures"
        check_keys(item, frozenset({"percents", "codes", "clause"}), where)
        value = item.get("percents")
        if not isinstance(value, list) or not value:
            raise InputError(
                f"{where}: percents is {value!r}, expected a list such as [100, 50, 25]"
            )
        percents = tuple(_percent({"percents": one}, "percents", where) for one in value)
        ranked = codes(item, where)
        if not ranked:
            raise InputError(f"{where}: codes is missing, expected those that are ranked")
        found.append(RankClause(percents, ranked, str(item.get("clause") or "")))
    return tuple(found)


def stop_losses(raw: Mapping[str, Any], what: str) -> tuple[StopLoss, ...]:
    """`stop_loss: [{threshold: "100000.00", percent: 60, pays: excess, codes: [...], clause: ...}]`."""
    found = []
    for item in listed(raw, "stop_loss", what):
        where = f"{what}, stop loss"
        check_keys(item, frozenset({"threshold", "percent", "pays", "codes", "clause"}), where)
        threshold = dollars(item, "threshold", where)
        if threshold is None:
            raise InputError(f"{where}: threshold is missing")
        found.append(
            StopLoss(
                threshold,
                _percent(item, "percent", where),
                StopLossPays(choice(item, "pays", where, StopLossPays)),
                codes(item, where),
                str(item.get("clause") or ""),
            )
        )
    return tuple(found)


def _percent(raw: Mapping[str, Any], key: str, what: str) -> Decimal:
    found = number(raw, key, what)
    if found is None:
        raise InputError(f"{what}: {key} is missing")
    if found > MOST_PERCENT:
        raise InputError(f"{what}: {key} is {found}, expected {MOST_PERCENT} at most")
    return found
