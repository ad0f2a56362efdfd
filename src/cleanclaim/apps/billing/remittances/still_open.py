"""Which work of earlier answers stays open when a payer answers again.

Payers split a claim over several payments, and a second payer answers what it was billed: what they say nothing of,
somebody has still to work. An earlier answer's work is gone where the new one answers the same lines of the same
version, where the answer was taken back, or where nothing of it is open any more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from cleanclaim.apps.billing.charges.selectors import Line, charges_of, of_version, to_open_item
from cleanclaim.apps.billing.claims import work as claim_work
from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.billing.remittances.models import RemittanceClaim
from cleanclaim.apps.billing.remittances.payer_rules import RulesOf, payer_rules
from cleanclaim.apps.billing.remittances.standing import Answer, Standing
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.services import reopen_keys
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.posting import (
    PayerRule,
    PostingPlan,
    default_policy,
    plan_posting,
    rules_in_force,
)
from cleanclaim.rules.posting.payer_rules import WAITING
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET

OpenWork = dict[int, list[tuple[str, str]]]  # by claim: keys and kinds
DENIALS = (claim_work.DENIAL, claim_work.PARTIAL)


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Keys of the work that stays, and the claims of which a part is still denied. `is_any`: any work was open at all."""

    keys: frozenset[str] = frozenset()
    denied: frozenset[int] = frozenset()
    is_any: bool = True


def standing_places(places: Iterable[Place]) -> list[Place]:
    """The answers of one payment without those that a later one in it takes back."""
    kept: list[Place] = []
    for place in places:
        if place.takes_back is not None:
            kept = [one for one in kept if one.payment is not place.takes_back]
        kept.append(place)
    return kept


def still_open(
    places: Sequence[Place],
    *,
    known: OpenWork | None = None,
    rules: RulesOf | None = None,
) -> StillOpen:
    """What the answers of these places leave to be worked; asked when they are posted.

    Args:
        known: the open work of these claims, where it was asked for many at once, under the lock of the claims.
        rules: the practice's, as far as they were asked before.
    """
    rules = rules or cache(payer_rules)
    claim_ids = sorted({place.claim.pk for place in places if place.claim})
    if known is None:
        known = open_work_of(claim_ids)
    open_keys = {
        key: (claim_id, kind) for claim_id in claim_ids for key, kind in known.get(claim_id, ())
    }
    if not open_keys:
        return StillOpen(is_any=False)
    open_keys = {
        key: known for key, known in open_keys.items() if known[1] in claim_work.AFTER_PAYER
    }
    now: dict[tuple[int, int], set[int]] = {}
    for place in places:
        if place.claim:
            own = now.setdefault((place.claim.pk, place.version), set())
            own |= _items_of(place.plan)
    kept = _left(open_keys, rules, now=now)
    denied = {claim_id for key, claim_id in kept.items() if open_keys[key][1] in DENIALS}
    return StillOpen(frozenset(kept), frozenset(denied))


def reopen_answered(claim_ids: Collection[int]) -> None:
    """Open again what later answers closed, where they do not stand any more and somebody has still to work it."""
    found = WorkItem.objects.filter(
        is_one_of("subject_id", sorted(claim_ids)),
        subject_kind=claim_work.SUBJECT,
        kind__in=claim_work.AFTER_PAYER,
        state="done",
        closed_by_system=True,
        outcome=claim_work.ANSWERED_AGAIN,
    )
    closed = {
        key: (claim_id, kind)
        for key, claim_id, kind in found.values_list("dedupe_key", "subject_id", "kind")
    }
    if closed:
        reopen_keys(_left(closed, cache(payer_rules), now={}))


def _left(
    keys: Mapping[str, tuple[int, str]],
    rules: RulesOf,
    *,
    now: Mapping[tuple[int, int], set[int]],
) -> dict[str, int]:
    """{key: claim} of the work, of these claims and kinds, that answers which stand leave to be done.

    Args:
        now: the items of each claim and version that are being answered.
    """
    worked = sorted({claim_id for claim_id, _ in keys.values()})
    charges, balances = charges_of(worked), item_balances(claim_ids=worked)
    found: dict[str, int] = {}
    for claim_id, source, answer, payer_id in _answers(worked):
        own = {claim_work.answer_key(kind, claim_id, source) for kind in claim_work.AFTER_PAYER}
        for key in own & keys.keys():
            kind = keys[key][1]
            lines = of_version(charges.get(claim_id, ()), answer.version)
            asked = _asked(kind, answer, lines, payer_id, rules(payer_id))
            left = asked - now.get((claim_id, answer.version), set())
            if _is_open(kind, left, lines, balances):
                found[key] = claim_id
    return found


def open_work_of(claim_ids: Collection[int]) -> OpenWork:
    """The open work on these claims that an answer may close."""
    found = WorkItem.objects.filter(
        is_one_of("subject_id", list(claim_ids)),
        subject_kind=claim_work.SUBJECT,
        kind__in=(*claim_work.BEFORE_PAYER, *claim_work.AFTER_PAYER),
    ).exclude(state="done")
    rows = found.values_list("dedupe_key", "subject_id", "kind")
    known: OpenWork = {}
    for key, claim_id, kind in rows:
        known.setdefault(claim_id, []).append((key, kind))
    return known


def _answers(claim_ids: Sequence[int]) -> list[tuple[int, str, Answer, int]]:
    """(claim, source of its work, the answer, the payer) of every answer that stands."""
    standing = Standing(claim_ids).all_of_claims()
    ids = sorted({answer.place_id for _, answer in standing})
    rows = RemittanceClaim.objects.filter(is_one_of("id", ids))
    names = ("id", "position", "remittance__trace_number", "remittance__payer_id")
    told = {
        pk: (f"{trace}:{position}", payer)
        for pk, position, trace, payer in rows.values_list(*names)
    }
    return [(claim_id, *_with(told[answer.place_id], answer)) for claim_id, answer in standing]


def _with(told: tuple[str, int], answer: Answer) -> tuple[str, Answer, int]:
    return told[0], answer, told[1]


def _asked(
    kind: str, answer: Answer, lines: Sequence[Line], payer_id: int, every: Sequence[PayerRule]
) -> set[int]:
    """The items that this kind of work is about: those that the answer denied, else all that it answered."""
    items = [to_open_item(line, {}) for line in lines if line.item_id]
    on = answer.posted_on
    # An answer that stands waits for nobody: a person has answered the rule that had it wait.
    rules = [rule for rule in every if rule.action not in WAITING]
    policy = default_policy(on)
    if on is not None:
        policy = policy.with_rules(rules_in_force(rules, payer_id=payer_id, on=on))
    plan = plan_posting(
        answer.said(), [replace(one, prescription_number="") for one in items], policy
    )
    return {one.item_id for one in plan.work} if kind in DENIALS else _items_of(plan)


def _items_of(plan: PostingPlan) -> set[int]:
    return {leg.item_id for leg in plan.legs if leg.item_id} | {one.item_id for one in plan.work}


def _is_open(
    kind: str,
    items: Collection[int],
    lines: Iterable[Line],
    balances: dict[tuple[int, str], Decimal],
) -> bool:
    """Whether the payer that was asked still has something open on them; of a credit, whether one still stands."""
    amounts = [
        balances.get((line.item_id, RECEIVABLE_BY_BUCKET[line.bucket].code), ZERO)
        for line in lines
        if line.item_id in items
    ]
    return (
        any(one < 0 for one in amounts)
        if kind == claim_work.CREDIT
        else any(one > 0 for one in amounts)
    )
