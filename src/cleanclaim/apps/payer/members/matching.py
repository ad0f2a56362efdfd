"""Which enrolled person a claim's patient is: pure functions over names, birth dates and sex."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

# A person is taken for another only where the parts that are told agree this far.
ENOUGH = 6


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An enrolled person in brief. `family_id` is the subscriber's row."""

    id: int
    member_id: str
    last_name: str
    first_name: str
    born_on: date | None
    sex: str
    relationship: str
    family_id: int


def person_key(last_name: str, first_name: str, born_on: date | None) -> str:
    """The upper-case name and birth date that stand for a person within a member id."""
    day = born_on.isoformat() if born_on else ""
    return f"{plain(last_name)[:60]}|{plain(first_name)[:35]}|{day}"


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """A name as compared: upper case, letters and digits only."""
    return "".join(c for c in name.upper() if c.isalnum())


def likeness(
    known: KnownPerson, *, last_name: str, first_name: str, born_on: date | None, sex: str
) -> int:
    """How well a person fits: last name 3, first name 3 (2 for its first three letters), birth date 4, sex 1.

    A birth date or sex that one side does not tell counts nothing; one that differs counts against.
    """
    score = 3 if plain(known.last_name) == plain(last_name) else 0
    ours, theirs = plain(known.first_name), plain(first_name)
    if ours == theirs:
        score += 3
    elif ours[:3] and ours[:3] == theirs[:3]:
        score += 2
    if born_on and known.born_on:
        score += 4 if born_on == known.born_on else -2
    if sex and known.sex and "U" not in (sex, known.sex):
        score += 1 if sex == known.sex else -1
    return score


def best_match(
    candidates: Iterable[KnownPerson],
    *,
    last_name: str,
    first_name: str,
    born_on: date | None,
    sex: str,
) -> KnownPerson | None:
    """The candidate that fits best and well enough; None where nobody does or two fit alike."""
    scored = sorted(
        (
            (likeness(k, last_name=last_name, first_name=first_name, born_on=born_on, sex=sex), k)
            for k in candidates
        ),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    if not scored or scored[0][0] < ENOUGH:
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0]:
        return None
    return scored[0][1]
