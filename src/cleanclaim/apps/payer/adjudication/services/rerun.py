"""Decide again without writing, and say what would be different."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from cleanclaim.apps.payer.adjudication.contexts import Seen, context_again, context_of
from cleanclaim.apps.payer.adjudication.gather import gather, read_cases
from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.adjudication import adjudicate
from cleanclaim.values.codec import from_json
from cleanclaim.values.decision import Decision


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that a re-run finds otherwise. `place` is a path such as `lines.1.allowed`."""

    place: str
    stored: str
    again: str


def rerun(case_id: int) -> tuple[Difference, ...]:
    """Decide again with what the stored decision saw; the same editions find nothing different.

    Raises:
        StateError: the case has no decision of the rules.
    """
    [case] = read_cases("id = %s", [case_id])
    stored = _standing_decision(case_id)
    context = context_again(from_json(stored.context, Seen), case.claim)
    return differences(from_json(stored.body, Decision), adjudicate(case.claim, context))


def rerun_as_known_now(case_id: int) -> tuple[Difference, ...]:
    """Decide again with today's editions, members and benefits; what the case itself used is left out.

    Raises:
        StateError: the case has no decision of the rules.
    """
    [case] = read_cases("id = %s", [case_id])
    stored = _standing_decision(case_id)
    seen = from_json(stored.context, Seen)
    without = [case.id] + ([case.original_id] if case.original_id else [])
    context, _ = context_of(
        case,
        gather([case], without_cases=without),
        decided_on=seen.decided_on,
        original=seen.original,
        released=seen.options.released,
        manual_prices=seen.options.manual_prices,
    )
    return differences(from_json(stored.body, Decision), adjudicate(case.claim, context))


def _standing_decision(case_id: int) -> CaseDecision:
    found = (
        CaseDecision.objects.filter(case_id=case_id)
        .exclude(kind=DecisionKind.REVERSAL)
        .order_by("number")
        .last()
    )
    if found is None:
        raise StateError(f"case {case_id}: there is no decision yet")
    return found


def differences(stored: Decision, again: Decision) -> tuple[Difference, ...]:
    """What differs between two decisions, value by value."""
    before, after = (
        msgspec.json.decode(msgspec.json.encode(decision)) for decision in (stored, again)
    )
    return tuple(_walk("", before, after))


def _walk(place: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            path = f"{place}.{key}" if place else str(key)
            yield from _walk(path, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        for number in range(max(len(before), len(after))):
            pair = [rows[number] if number < len(rows) else None for rows in (before, after)]
            yield from _walk(f"{place}.{number + 1}", *pair)
    elif before != after:
        yield Difference(place, _text(before), _text(after))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
