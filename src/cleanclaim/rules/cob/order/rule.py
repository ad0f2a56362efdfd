"""The order in which a patient's payers are billed, with the reason in words. Facts that are missing are asked for.

From the first to the last rule that tells two coverages apart:

    1  who is liable for an injury (workers' compensation, no-fault, liability), and agencies by their statute
    2  Medicaid after all others, TRICARE before it and after the rest
    3  Medicare and a group plan: first or second by age and size of the employer, disability, renal disease
    4  the patient's own coverage before one as a dependent (turned around where Medicare stands between them)
    5  a child of two parents: a court's decree, then custody, else the birthday rule
    6  by active employment before retired or laid off
    7  COBRA or state continuation last
    8  the one in force longer

Sources: NAIC Coordination of Benefits Model Regulation (MDL-120), section 6; 42 CFR part 411 (Medicare);
42 USC 1396a(a)(25) (Medicaid); 32 CFR 199.8 (TRICARE).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from cleanclaim.rules.parameters import parameter

MEDICARE_SECOND = Path(__file__).parent / "parameters" / "medicare_second.yaml"
KINDS = Path(__file__).parent / "parameters" / "kinds.yaml"


class Kind(StrEnum):
    """What sort of payer a coverage is."""

    GROUP = "group"
    INDIVIDUAL = "individual"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    TRICARE = "tricare"
    WORKERS_COMPENSATION = "workers_compensation"
    NO_FAULT = "no_fault"
    LIABILITY = "liability"
    VETERANS = "veterans"
    FEDERAL = "federal"
    BLACK_LUNG = "black_lung"


_FIRST = (
    Kind.WORKERS_COMPENSATION, Kind.BLACK_LUNG, Kind.NO_FAULT, Kind.LIABILITY, Kind.VETERANS, Kind.FEDERAL,
)  # fmt: skip
_LAST = (Kind.TRICARE, Kind.MEDICAID)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one coverage. None or empty = not known.

    Attributes:
        key: the caller's own name of it.
        is_own: the patient holds it; False = as somebody's dependent.
        holder_birthday: (month, day) of the holder, for a child's coverage.
        is_child: the patient is the holder's child.
        is_decreed: a court made this parent responsible for the child's health care.
        custody: rank of this parent by custody, 1 = first: custodial parent, their spouse, the other parent,
            their spouse. 0 where the parents live together or share custody.
        is_active: by current employment; False = retired or laid off.
        is_cobra: a continuation.
        employees: of the employer whose plan it is.
        entitlement: of Medicare: `age`, `disability` or `esrd`.
        esrd_since: the first month of Medicare eligibility by renal disease.
        since: first day in force.
    """

    key: int
    name: str
    kind: Kind
    is_own: bool | None = None
    holder_birthday: tuple[int, int] | None = None
    is_child: bool = False
    is_decreed: bool | None = None
    custody: int | None = None
    is_active: bool | None = None
    is_cobra: bool | None = None
    employees: int | None = None
    entitlement: str = ""
    esrd_since: date | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of two coverages the first, and why; `first` is None where `asks` names the missing fact."""

    first: int | None
    words: str = ""
    asks: str = ""
    source: str = ""
    reason: str = ""  # of MEDICARE_SECOND, where Medicare comes second


@dataclass(frozen=True, slots=True)
class Ranked:
    """One coverage at its place. `words` tell why it stands before the next; `insurance_type` is SBR05."""

    key: int
    words: str = ""
    source: str = ""
    insurance_type: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order, or what must be asked before there is one."""

    order: tuple[Ranked, ...] = ()
    asks: tuple[str, ...] = ()


def rank(coverages: Sequence[Facts], *, on: date) -> Ranking:
    """The order of a patient's coverages on the day of service."""
    by_key = {one.key: one for one in coverages}
    wins = dict.fromkeys(by_key, 0)
    verdicts: dict[tuple[int, int], Verdict] = {}
    asks: list[str] = []
    for place, one in enumerate(coverages):
        for other in coverages[place + 1 :]:
            verdict = first_of(one, other, coverages, on=on)
            if verdict.first is None:
                asks.append(verdict.asks)
                continue
            wins[verdict.first] += 1
            loser = other.key if verdict.first == one.key else one.key
            verdicts[verdict.first, loser] = verdict
    if asks:
        return Ranking(asks=tuple(dict.fromkeys(asks)))
    if len(set(wins.values())) != len(wins):
        names = ", ".join(one.name for one in coverages)
        return Ranking(asks=(f"The rules make no order of {names}: say which is first",))
    keys = sorted(wins, key=lambda key: -wins[key])
    ranked = []
    for place, key in enumerate(keys):
        after = verdicts[key, keys[place + 1]] if place + 1 < len(keys) else Verdict(key)
        kind = _second_reason(by_key[key], keys[:place], verdicts)
        code = insurance_type(kind, on=on) if kind else ""
        ranked.append(Ranked(key, after.words, after.source, code))
    return Ranking(tuple(ranked))


def program_place(filing_indicator: str, *, on: date) -> int:
    """Sorts coverages by what the filing indicator (SBR09) alone tells: who is liable, all others, TRICARE, Medicaid."""
    kind = parameter(KINDS).value(on=on).get(filing_indicator, "")
    if kind in _FIRST:
        return -1
    return _LAST.index(Kind(kind)) + 1 if kind in _LAST else 0


def last_indicators() -> tuple[str, ...]:
    """The filing indicators (SBR09) of programs that pay after all others."""
    newest = parameter(KINDS).values[-1][1]
    return tuple(code for code, kind in newest.items() if kind in _LAST)


def kind_of(filing_indicator: str, *, on: date) -> Kind:
    """What sort of payer the filing indicator tells; a group plan where it tells none."""
    return Kind(parameter(KINDS).value(on=on).get(filing_indicator, Kind.GROUP))


def rules_since() -> date:
    """The first day of service for which all that the order needs is on record."""
    return max(parameter(path).values[0][0] for path in (KINDS, MEDICARE_SECOND))


def is_for_injuries(kind: Kind) -> bool:
    """Whether such a payer is first only for what it is liable for; whether a claim is about that, the claim must say."""
    return kind in _FIRST


def insurance_type(reason: str, *, on: date) -> str:
    """SBR05 of a claim to Medicare behind another payer, by the reason's name in the data."""
    return str(_limits(on)[reason]["code"])


def insurance_types() -> frozenset[str]:
    """All numbers that `insurance_type` may give."""
    return frozenset(str(one["code"]) for one in parameter(MEDICARE_SECOND).values[-1][1].values())


def _second_reason(
    one: Facts, before: Sequence[int], verdicts: dict[tuple[int, int], Verdict]
) -> str:
    if one.kind is not Kind.MEDICARE:
        return ""
    reasons = [verdicts[key, one.key].reason for key in before]
    return next((reason for reason in reasons if reason), "")


def first_of(one: Facts, other: Facts, all_: Sequence[Facts], *, on: date) -> Verdict:
    """Which of two coverages pays first."""
    for rule in (_by_liability, _by_program, _by_medicare):
        if verdict := rule(one, other, on):
            return verdict
    if verdict := _by_dependency(one, other, all_, on):
        return verdict
    for last in (_by_parents, _by_employment, _by_continuation, _by_time):
        if verdict := last(one, other, on):
            return verdict
    return Verdict(None, asks=f"{one.name}, {other.name}: since when is each in force?")


def _by_liability(one: Facts, other: Facts, on: date) -> Verdict | None:
    ranks = [_FIRST.index(c.kind) if c.kind in _FIRST else len(_FIRST) for c in (one, other)]
    if ranks[0] == ranks[1]:
        return None
    first, second = (one, other) if ranks[0] < ranks[1] else (other, one)
    reason = first.kind.value if second.kind is Kind.MEDICARE else ""
    words = f"{first.name} pays first for what it is liable for"
    return Verdict(first.key, words, source="42 CFR 411.40, 411.50; state law", reason=reason)


def _by_program(one: Facts, other: Facts, on: date) -> Verdict | None:
    ranks = [_LAST.index(c.kind) if c.kind in _LAST else -1 for c in (one, other)]
    if ranks[0] == ranks[1]:
        return None
    first, last = (one, other) if ranks[0] < ranks[1] else (other, one)
    if last.kind is Kind.MEDICAID:
        return Verdict(first.key, "Medicaid pays last", source="42 USC 1396a(a)(25)")
    return Verdict(first.key, "TRICARE pays after other health insurance", source="32 CFR 199.8")


def _by_medicare(one: Facts, other: Facts, on: date) -> Verdict | None:
    if Kind.MEDICARE not in (one.kind, other.kind) or one.kind == other.kind:
        return None
    medicare, plan = (one, other) if one.kind is Kind.MEDICARE else (other, one)
    if plan.kind is not Kind.GROUP:
        return Verdict(medicare.key, "Medicare pays before insurance that is no group plan")
    if medicare.entitlement == "esrd":
        return _by_renal_disease(medicare, plan, on)
    if medicare.entitlement not in ("age", "disability"):
        return Verdict(None, asks=f"{medicare.name}: by age, disability or renal disease?")
    if plan.is_cobra or plan.is_active is False:
        return Verdict(medicare.key, "The group plan is not by current employment")
    if plan.is_active is None:
        return Verdict(None, asks=f"{plan.name}: by current employment, or retired?")
    limits = _limits(on)[medicare.entitlement]
    if plan.employees is None:
        return Verdict(None, asks=f"{plan.name}: does the employer have {limits['employees']} people or more?")  # fmt: skip
    source = "42 CFR 411.172" if medicare.entitlement == "age" else "42 CFR 411.206"
    if plan.employees >= limits["employees"]:
        words = f"Medicare is second: {limits['words']}; the employer has {plan.employees} people"
        return Verdict(plan.key, words, source=source, reason=medicare.entitlement)
    words = f"The employer has {plan.employees} people, fewer than {limits['employees']}"
    return Verdict(medicare.key, words, source=source)


def _by_renal_disease(medicare: Facts, plan: Facts, on: date) -> Verdict:
    limits = _limits(on)["esrd"]
    if medicare.esrd_since is None:
        return Verdict(
            None, asks=f"{medicare.name}: since when is the patient eligible by renal disease?"
        )
    gone = (on.year - medicare.esrd_since.year) * 12 + on.month - medicare.esrd_since.month
    source = "42 CFR 411.162"
    if gone < limits["months"]:
        words = f"Medicare is second: {limits['words']} (month {gone + 1} of {limits['months']})"
        return Verdict(plan.key, words, source=source, reason="esrd")
    return Verdict(medicare.key, f"The {limits['months']} months of coordination are over", source=source)  # fmt: skip


def _by_dependency(one: Facts, other: Facts, all_: Sequence[Facts], on: date) -> Verdict | None:
    if one.is_own is None or other.is_own is None:
        unknown = one if one.is_own is None else other
        return Verdict(None, asks=f"{unknown.name}: does the patient hold it, or somebody else?")
    if one.is_own == other.is_own:
        return None
    own, dependent = (one, other) if one.is_own else (other, one)
    for medicare in all_:
        if medicare.kind is Kind.MEDICARE:
            before = _by_medicare(medicare, own, on)
            after = _by_medicare(medicare, dependent, on)
            if before and after and before.first == medicare.key and after.first == dependent.key:
                words = "Medicare stands between them: second to the one, first to the other"
                return Verdict(dependent.key, words, source="MDL-120 section 6A(1)(b)")
    return Verdict(own.key, "The patient's own coverage is first", source="MDL-120 section 6A(1)")


def _by_parents(one: Facts, other: Facts, on: date) -> Verdict | None:
    if not (one.is_child and other.is_child):
        return None
    source = "MDL-120 section 6A(2)"
    decreed = [c for c in (one, other) if c.is_decreed]
    if len(decreed) == 1:
        return Verdict(decreed[0].key, "A court made this parent responsible", source=source)
    if not decreed and (one.custody is None or other.custody is None):
        return Verdict(None, asks=f"{one.name}, {other.name}: do the parents live together; if not, who has custody?")  # fmt: skip
    if not decreed and one.custody != other.custody:
        first = min((one, other), key=lambda c: c.custody or 0)
        return Verdict(first.key, "By custody of the child", source=source)
    if one.holder_birthday is None or other.holder_birthday is None:
        unknown = one if one.holder_birthday is None else other
        return Verdict(None, asks=f"{unknown.name}: the birthday of its holder?")
    if one.holder_birthday == other.holder_birthday:
        return None
    first = min((one, other), key=lambda c: c.holder_birthday or (0, 0))
    return Verdict(first.key, "The holder's birthday is earlier in the year", source=source)


def _by_employment(one: Facts, other: Facts, on: date) -> Verdict | None:
    if None in (one.is_active, other.is_active) or one.is_active == other.is_active:
        return None
    first = one if one.is_active else other
    return Verdict(first.key, "By active employment, before retired", source="MDL-120 section 6A(3)")  # fmt: skip


def _by_continuation(one: Facts, other: Facts, on: date) -> Verdict | None:
    if bool(one.is_cobra) == bool(other.is_cobra):
        return None
    first = other if one.is_cobra else one
    return Verdict(first.key, "A continuation pays after it", source="MDL-120 section 6A(4)")


def _by_time(one: Facts, other: Facts, on: date) -> Verdict | None:
    if one.since is None or other.since is None or one.since == other.since:
        return None
    first = one if one.since < other.since else other
    return Verdict(first.key, f"In force longer, since {first.since}", source="MDL-120 section 6A(5)")  # fmt: skip


def _limits(on: date) -> dict[str, Any]:
    found: dict[str, Any] = parameter(MEDICARE_SECOND).value(on=on)
    return found
