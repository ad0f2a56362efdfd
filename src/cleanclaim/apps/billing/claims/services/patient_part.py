"""Correct what a payer left to the patient: what an out-of-pocket maximum or a law keeps from them.

    over the maximum    Dr receivable of the payer      Cr receivable of the patient    and work: the payer owes it
    protected by law    Dr contra:other                 Cr receivable of the patient
                        (what the payer refused to cover by a person only: it is held, and worked first)
    beyond what was left by the payer before, where a later payer says more
                        Dr receivable of the payer      Cr receivable of the patient    and nobody is asked for it

All follow the answer that they stand on: when it is taken back or another benefit is entered, they are taken back
and worked out anew. The payer's answer stays as it was given.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from cleanclaim.apps.billing.claims import amounts, rows
from cleanclaim.apps.billing.claims.chain import Chain, bucket_of, chain_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.next_work import open_overcharged
from cleanclaim.apps.billing.claims.owing import ClaimOwed, is_certain, owed_of, pending
from cleanclaim.apps.billing.claims.services.versions import lock_claim
from cleanclaim.apps.billing.claims.states import ANSWERED, State
from cleanclaim.apps.billing.claims.using_up import Uses, UsesOf, kin_of
from cleanclaim.apps.billing.coverage.models import BenefitLeft, Coverage
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import is_whole_cents, show, total
from cleanclaim.rules.cob.responsibility import LineOwed
from cleanclaim.values.accounts import OTHER_REDUCTION, RECEIVABLE_BY_BUCKET, RECEIVABLE_PATIENT
from cleanclaim.values.entry import Entry, Leg

USE_CHANGED = "claims.use_changed"
# Names of the corrections: their keys are `name:claim:answer:number`. `PROTECTED` was written before the other two were
# told apart: all that the law protects, what was refused too.
CORRECTIONS = OVER, PROTECTED, LAWFUL, REFUSED, BEYOND = (
    "out-of-pocket",
    "protected",
    "lawful",
    "refused",
    "beyond-left",
)
WRITE_OFFS = PROTECTED, LAWFUL, REFUSED


@transaction.atomic
def record_benefit_left(
    coverage_id: int,
    *,
    left: Decimal,
    as_of: date,
    source: str,
    on: date,
    by: int | None,
    is_family: bool = False,
) -> None:
    """Keep what is left of the out-of-pocket maximum; answered claims that draw on it are worked out anew.

    `is_family`: it is the family's, so it is kept for, and drawn on by, all with the same payer and member id.

    Raises:
        InputError: an amount that is not whole cents of zero or more, or no source.
    """
    if not is_whole_cents(left) or left < 0 or not source.strip():
        raise InputError(f"out-of-pocket left {left}: expected whole cents and who said so")
    coverage = Coverage.objects.get(pk=coverage_id)
    kin = {one.pk: one for one in kin_of([coverage])} if is_family else {}
    kin[coverage.pk] = coverage
    for one in kin.values():
        BenefitLeft.objects.create(
            coverage=one, left=left, as_of=as_of, source=source.strip()[:80], is_family=is_family,
            entered_by=by,
        )  # fmt: skip
    patients = sorted({one.patient_id for one in kin.values()})
    record_audit(
        "change", patient_ids=patients, by=by, what="keep benefit left",
        detail=f"coverage {coverage_id}",
    )  # fmt: skip
    claims = Claim.objects.filter(
        is_one_of("patient_id", patients),
        service_from__gte=date(as_of.year - 1, 12, 1),  # its last lines may be of the year
        service_from__year__lte=as_of.year,
    )
    _work_out_anew(list(claims.values_list("id", flat=True)), UsesOf(), on=on, by=by)


@transaction.atomic
def write_off_protected(claim_id: int, *, on: date, by: int | None) -> Decimal:
    """Take off the patient's account what the law keeps from them; returns the amount.

    Raises:
        StateError: no law protects the patient, nothing is left, or a payer may still pay it.
    """
    row = lock_claim(claim_id)
    ledger.lock_claims([claim_id])
    chain = chain_of(row)
    found = owed_of(chain)
    if not found.owed.protected or found.owed.law is None:
        raise StateError(f"claim {claim_id}: no law keeps anything of it from the patient")
    if waits := pending(chain):
        raise StateError(
            f"claim {claim_id}: {waits}", hint="Wait for it, or say that nobody comes."
        )
    _correct(chain, found, writes_off=True, on=on, by=by, by_person=True)
    return found.owed.protected


def follow_use(claim_ids: Collection[int], uses: UsesOf, *, on: date, by: int | None) -> None:
    """After answers to these claims: work out anew other claims, also of the family, that draw on the same maximum or share.

    Only patients with a figure of what is left, or a program by name that allows a share of cost, have any.
    """
    patients = set(
        Claim.objects.filter(is_one_of("id", sorted(claim_ids))).values_list(
            "patient_id", flat=True
        )
    )
    draws = Q(benefits_left__isnull=False) | (~Q(program="") & Q(share_of_cost__gt=0))
    mine = Coverage.objects.filter(is_one_of("patient_id", sorted(patients))).filter(draws)
    drawing = set(mine.values_list("patient_id", flat=True))
    shared = mine.filter(benefits_left__is_family=True).distinct()
    if family := list(shared):
        drawing |= set(kin_of(family).values_list("patient_id", flat=True))
    others = Claim.objects.filter(is_one_of("patient_id", sorted(drawing)))
    others = others.exclude(is_one_of("id", sorted(claim_ids)))
    _work_out_anew(list(others.values_list("id", flat=True)), uses, on=on, by=by)


def work_out_held(payload: dict[str, Any]) -> None:
    """Work out the claims that somebody else held when their use changed (event `USE_CHANGED`)."""
    on = date.fromisoformat(payload["on"])
    _work_out_anew(payload["claim_ids"], UsesOf(), on=on, by=payload["by"])


def _work_out_anew(claim_ids: Sequence[int], uses: UsesOf, *, on: date, by: int | None) -> None:
    """Work out those that are answered. Who comes here holds claims already, so it waits for no other.

    A claim that somebody holds, whatever its state seems to be (its answer may be on the way), is left to an event.
    """
    rows_ = Claim.objects.select_for_update(skip_locked=True).filter(
        is_one_of("id", sorted(claim_ids))
    )
    free = {row.pk: row for row in rows_.order_by("id")}
    mine = ledger.try_lock_claims(free)
    if held := sorted(set(claim_ids) - mine):
        emit(USE_CHANGED, {"claim_ids": held, "on": on.isoformat(), "by": by})
    for claim_id in sorted(mine):
        row = free[claim_id]
        if row.state in ANSWERED:
            correct_patient_part(
                uses[row.patient_id].chain(row), uses[row.patient_id], on=on, by=by
            )


def correct_patient_part(chain: Chain, uses: Uses, *, on: date, by: int | None) -> None:
    """After an answer or a new benefit: bring the two corrections to what they have to be."""
    found = owed_of(chain, uses)
    law = found.owed.law
    certain = law is not None and bool(found.owed.protected) and is_certain(chain, law)
    if _correct(chain, found, writes_off=certain and not pending(chain), on=on, by=by):
        uses.forget(chain.claim.pk)


def _correct(
    chain: Chain,
    found: ClaimOwed,
    *,
    writes_off: bool,
    on: date,
    by: int | None,
    by_person: bool = False,
) -> bool:
    """Whether anything had to be written. `by_person`: also what the payer refused to cover is written off."""
    row = chain.claim
    standing = chain.standing(chain.rank)
    answer = standing.id if standing else 0
    payer = RECEIVABLE_BY_BUCKET[bucket_of(chain.rank)].code
    day = standing.paid_on if standing else on
    lines = found.owed.lines if row.state in ANSWERED else ()
    over = _disputed_legs(chain, lines, len(found.stages))
    beyond = _legs(chain, lines, "beyond", payer, "beyond")
    law = f"protected {found.owed.law.program}"[:20] if found.owed.law else ""
    kept = _standing_entries(row.pk)
    stands = {name for name in WRITE_OFFS if _is_on(kept.get(name), answer)}
    if PROTECTED not in stands:
        stands |= ({LAWFUL} if writes_off else set()) | ({REFUSED} if by_person else set())
    off = {
        name: _legs(chain, lines if name in stands else (), name, OTHER_REDUCTION.code, law)
        for name in WRITE_OFFS
    }
    wanted = {OVER: over, **off, BEYOND: beyond}
    moved = [
        _bring_to(chain, name, legs, answer, standing=kept.get(name), day=day, on=on, by=by)
        for name, legs in wanted.items()
    ]
    if not any(moved):
        return False
    amounts.refresh([row.pk])
    row.refresh_from_db()
    if row.state == State.PAID and not row.open_amount and not row.patient_owes:
        Claim.objects.filter(pk=row.pk).update(state=State.CLOSED)
        row.state = State.CLOSED
    owed = found.owed
    words = []
    if over:
        disputed = total(leg.amount for leg in over if leg.amount > 0)
        who = next(one for one in owed.payers if one.disputed)
        words.append(f"{show(disputed)} is {who.name}'s, not the patient's: {who.why}.")
        open_overcharged(row, who.name, disputed, who.why, on=on, about=str(answer))
    off_legs = [leg for legs in off.values() for leg in legs]
    if off_legs and owed.law:
        words.append(f"{show(total(-leg.amount for leg in off_legs if leg.amount < 0))} is never billed: "
                     f"{owed.law.words} ({owed.law.source}).")  # fmt: skip
    if beyond:
        more = show(total(line.beyond for line in lines))
        words.append(
            f"{row.payer_name} leaves {more} more to the patient than the payer before it: it is not billed."
        )
    if not words:
        words.append("What was kept from the patient before no longer is.")
    rows.add_events([(row.pk, "payer", " ".join(words))], on=on, by=by)
    return True


def _disputed_legs(chain: Chain, lines: Sequence[LineOwed], stages: int) -> tuple[Leg, ...]:
    """What payers left to the patient wrongly goes back to the bucket of each."""
    first = chain.first_rank - (
        stages - len(chain.ranks)
    )  # payers told on the claim itself come before
    parts: dict[int, dict[int, Decimal]] = {}
    for line in lines:
        for place, amount in line.disputed_by:
            parts.setdefault(place, {})[line.number] = amount
    legs: list[Leg] = []
    for place, amounts_ in sorted(parts.items()):
        account = RECEIVABLE_BY_BUCKET[bucket_of(max(1, first + place))].code
        legs += _legs_of(chain, amounts_, account, "out-of-pocket")
    return tuple(legs)


def _legs(
    chain: Chain, lines: Sequence[LineOwed], part: str, account: str, reason: str
) -> tuple[Leg, ...]:
    return _legs_of(chain, {line.number: getattr(line, part) for line in lines}, account, reason)


def _legs_of(
    chain: Chain, by_line: Mapping[int, Decimal], account: str, reason: str
) -> tuple[Leg, ...]:
    items = {
        one.line_number: one.item_id
        for one in chain.charges
        if one.item_id and one.last_version is None
    }
    claim = chain.claim
    legs: list[Leg] = []
    for number, amount in by_line.items():
        if amount and number in items:
            legs += [
                Leg(
                    code,
                    signed,
                    items[number],
                    claim.pk,
                    number,
                    claim.patient_id,
                    0,
                    reason,
                )
                for code, signed in ((account, amount), (RECEIVABLE_PATIENT.code, -amount))
            ]
    return tuple(legs)


def _standing_entries(claim_id: int) -> dict[str, EntryRow]:
    """{name: the correction of this name that stands}."""
    of_any = reduce(or_, (under(f"{name}:{claim_id}:") for name in CORRECTIONS))
    rows_ = EntryRow.objects.filter(of_any, reversals=None, reverses=None)
    return {one.idempotency_key.partition(":")[0]: one for one in rows_.order_by("id")}


def _is_on(entry: EntryRow | None, answer: int) -> bool:
    """Whether a correction stands on this very answer."""
    return entry is not None and entry.idempotency_key.split(":")[2] == str(answer)


def _bring_to(
    chain: Chain,
    name: str,
    legs: tuple[Leg, ...],
    answer: int,
    *,
    standing: EntryRow | None,
    day: date,
    on: date,
    by: int | None,
) -> bool:
    """Have one entry of this name with these legs stand, or none; whether anything was posted."""
    prefix = f"{name}:{chain.claim.pk}:"
    if standing is not None:
        before = {
            (leg.account, leg.item_id): leg.amount
            for leg in entry_values([standing.pk])[standing.pk].legs
        }
        wanted = {(leg.account, leg.item_id): leg.amount for leg in legs}
        if before == wanted and _is_on(standing, answer):
            return False
        ledger.reverse_entry(
            standing.pk,
            key=f"undo:{standing.pk}",
            effective_on=max(on, standing.effective_on),
            accounting_on=on,
            memo="worked out anew",
            by=by,
        )
    if not legs:
        return standing is not None
    number = EntryRow.objects.filter(under(prefix)).count() + 1
    entry = Entry(
        kind="write-off" if name in WRITE_OFFS else "transfer",
        idempotency_key=f"{prefix}{answer}:{number}",
        effective_on=day,
        accounting_on=on,
        legs=legs,
        memo=f"{name} of claim {chain.claim.pk}"[:200],
    )
    ledger.post_entries([entry], by=by)
    return True
