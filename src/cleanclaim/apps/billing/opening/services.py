"""Take balances over: read and tie, then post by a second person (`undoing` takes all of it back).

A load is all or nothing. What is posted: each open line as a charge against the balances taken over, what the former system
had settled of it, credits, and the other accounts of the trial balance. So after the load our trial balance of the day says
what theirs said, and every item is owed, answered and paid like any other.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from cleanclaim.apps.billing.claims.models import BillingProfile, Claim
from cleanclaim.apps.billing.claims.services.adding import Arrival, add_claims
from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.billing.opening import work
from cleanclaim.apps.billing.opening.models import LoadState, OpeningClaim, OpeningLoad
from cleanclaim.apps.billing.opening.payers import payers_to_look_at
from cleanclaim.apps.billing.opening.reading import read_items, read_trial_balance
from cleanclaim.apps.billing.opening.values import OpeningItems, Problem, TieLine, TrialBalance
from cleanclaim.apps.billing.patients.matching import patient_key
from cleanclaim.apps.billing.patients.services import find_or_add_patients
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.selectors import closed_through
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.edits import Stage
from cleanclaim.values.accounts import (
    BY_CODE,
    OPENING_BALANCE,
    OPENING_SETTLED,
    RECEIVABLE_BY_BUCKET,
)
from cleanclaim.values.codec import from_json
from cleanclaim.values.entry import Entry, Leg
from cleanclaim.values.party import Provider, Role

CHUNK = 2000
Say = Callable[[int, int], None]
_EQUITY = (OPENING_BALANCE.code, OPENING_SETTLED.code)


@dataclass(frozen=True, slots=True)
class Reading:
    """Both files, read and compared; with problems or a difference nothing of them may be posted."""

    items: OpeningItems
    balances: TrialBalance
    tie: tuple[TieLine, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Problem, ...] = ()  # stop nothing, but somebody should look

    @property
    def is_right(self) -> bool:
        """Whether it may be posted."""
        return not self.problems and not any(line.difference for line in self.tie)


def read_load(items: bytes, balances: bytes, *, as_of: date, asks_month: bool = True) -> Reading:
    """What posting these files would take over; writes nothing.

    Args:
        asks_month: a closed month is a problem. Where it is posted at once the ledger itself refuses, and says what to do.
    """
    found = read_items(items, billing=_billing(), as_of=as_of)
    theirs = read_trial_balance(balances)
    problems = [
        *_to_come(as_of),
        *(_closed(as_of) if asks_month else ()),
        *(Problem(f"items, {one.place}", one.message) for one in (*found.problems, *_known(found))),
        *(Problem(f"trial balance, {one.place}", one.message) for one in theirs.problems),
    ]
    tie = tuple(_tie(found, theirs))
    return Reading(found, theirs, tie, tuple(problems), tuple(payers_to_look_at(found)))


def _to_come(as_of: date) -> list[Problem]:
    """Balances are taken over as they stood, not as they will."""
    today = timezone.localdate()
    return [Problem("day of the take-over", f"{as_of} is to come")] if as_of > today else []


def _closed(as_of: date) -> list[Problem]:
    """Nobody learns only from the second person that the books of the day take nothing."""
    last = closed_through()
    if last is None or as_of.replace(day=1) > last.month:
        return []
    words = f"{as_of} is in the accounting month {as_of:%Y-%m}, and the books are closed through {last.month:%Y-%m}"
    return [Problem("day of the take-over", f"{words}; two leads open them again first (Close)")]


def _billing() -> Provider:
    profile = BillingProfile.objects.order_by("id").first()
    if profile is not None:
        return from_json(profile.body, Provider)
    name, npi, tin = Organization.objects.values_list("name", "npi", "tin").get(pk=current_tenant())
    return Provider(Role.BILLING, name, npi=npi, tin=tin)


def _known(found: OpeningItems) -> list[Problem]:
    """Claims whose control number is here already: an answer to it could not be told apart."""
    numbers = {one.claim.control_number: one.place for one in found.claims}
    here = Claim.objects.filter(is_one_of("control_number", list(numbers))).values_list(
        "control_number", flat=True
    )
    return [
        Problem(f"{numbers[number]}, claim", f"{number[:40]!r} is here already")
        for number in sorted(set(here))
    ]


def _tie(found: OpeningItems, theirs: TrialBalance) -> list[TieLine]:
    """The accounts that items move, and every other account of the trial balance."""
    sums: dict[str, Decimal] = {}
    for one in found.claims:
        for bucket, amount in zip(one.taken_over.buckets, one.taken_over.open, strict=True):
            account = RECEIVABLE_BY_BUCKET[bucket].code
            sums[account] = sums.get(account, ZERO) + amount
    for credit in found.credits:
        sums[credit.account] = sums.get(credit.account, ZERO) - credit.amount
    moved = {account for account in BY_CODE if BY_CODE[account].is_receivable} | sums.keys()
    lines = []
    for account in BY_CODE:
        amount = theirs.amounts.get(account, ZERO)
        of_items = sums.get(account, ZERO) if account in moved else amount
        if amount or of_items:
            name = theirs.names.get(account) or BY_CODE[account].name
            lines.append(TieLine(account, name, amount, of_items))
    return lines


@transaction.atomic
def prepare_load(
    *, system: str, as_of: date, items: bytes, items_name: str, balances: bytes, by: int
) -> int:
    """Keep both files, read and tied, for a second person to approve; returns the load's id.

    Raises:
        InputError: something in them is wrong, or they do not tie; the first few are named.
        StateError: the same files were loaded before, or the same balances of the same day in other bytes.
    """
    digest = hashlib.sha256(items + b"\0" + balances).hexdigest()
    lock_names(["opening load"])
    live = (LoadState.PREPARED, LoadState.POSTED)
    if first := OpeningLoad.objects.filter(sha256=digest, state__in=live).first():
        raise StateError(
            f"these files are load {first.pk}, {LoadState(first.state).label.lower()}",
            hint="Nothing was loaded; open that load.",
        )
    reading = read_load(items, balances, as_of=as_of)
    if not reading.is_right:
        raise InputError(refusal(reading), hint="Correct the files and load them again")
    if first := _of_same_balances(reading, as_of=as_of):
        raise StateError(
            f"this trial balance of {as_of} is that of load {first.pk}, "
            f"{LoadState(first.state).label.lower()}, account by account",
            hint="Nothing was loaded; open that load. A part of the books has a trial balance of its own.",
        )
    row = OpeningLoad.objects.create(
        system=system[:80] or "former system",
        as_of=as_of,
        sha256=digest,
        items_name=items_name[:200],
        items=items,
        balances=balances,
        findings=[[one.place, one.message] for one in reading.findings],
        tie=[[line.account, show(line.theirs), show(line.items)] for line in reading.tie],
        claim_count=len(reading.items.claims),
        item_count=sum(len(one.claim.lines) for one in reading.items.claims),
        credit_count=len(reading.items.credits),
        open_amount=total(one.open_amount for one in reading.items.claims),
        prepared_by=by,
    )
    work.open_decision(row)
    return int(row.pk)


def _of_same_balances(reading: Reading, *, as_of: date) -> OpeningLoad | None:
    """The load that took the same balances of that day over, however its files were written."""
    ours = _balances((line.account, show(line.theirs)) for line in reading.tie)
    live = OpeningLoad.objects.defer("items", "balances").filter(
        as_of=as_of, state__in=(LoadState.PREPARED, LoadState.POSTED)
    )
    same = (row for row in live.order_by("id") if _balances(pair[:2] for pair in row.tie) == ours)
    return next(same, None) if ours else None


def _balances(pairs: Iterable[Sequence[str]]) -> dict[str, str]:
    return {account: theirs for account, theirs in pairs if theirs.strip("-0.,")}


def refusal(reading: Reading) -> str:
    """Why a reading cannot be posted, in a line."""
    if reading.problems:
        first = reading.problems[0]
        more = len(reading.problems) - 1
        return f"{first.place}: {first.message}" + (f" (and {more} more)" if more else "")
    off = [line for line in reading.tie if line.difference]
    said = "; ".join(
        f"{line.account} {show(line.theirs)} in the trial balance, {show(line.items)} in the items, "
        f"difference {show(line.difference)}"
        for line in off[:3]
    )
    return f"{counted(len(off), 'account')} without a tie: {said}"


@transaction.atomic
def post_load(load_id: int, *, by: int, say: Say = lambda done, of: None) -> None:
    """Post a prepared load, all of it, as another person than the one who prepared it.

    Args:
        say: told after every part how many claims of how many are posted.

    Raises:
        StateError: it is not waiting, or whoever prepared it approves it, or the month is closed, or a claim
            came in under one of its numbers meanwhile.
    """
    row = OpeningLoad.objects.select_for_update().get(pk=load_id)
    if row.state != LoadState.PREPARED:
        raise StateError(f"load {load_id} is {LoadState(row.state).label.lower()}")
    if by == row.prepared_by:
        raise StateError(
            f"load {load_id} was prepared by you", hint="A second person must approve it."
        )
    lock_names(["claims import"])
    reading = read_load(bytes(row.items), bytes(row.balances), as_of=row.as_of, asks_month=False)
    if not reading.is_right:
        raise StateError(refusal(reading), hint="Withdraw this load and prepare it anew.")
    _add_claims(row, reading.items, by=by, say=say)
    _post_credits(row, reading.items, by=by)
    _post_accounts(row, reading, by=by)
    OpeningLoad.objects.filter(pk=load_id).update(
        state=LoadState.POSTED, approved_by=by, approved_at=Now()
    )
    work.close_decision(load_id, outcome="Approved")


def _add_claims(row: OpeningLoad, items: OpeningItems, *, by: int | None, say: Say) -> None:
    for start in range(0, len(items.claims), CHUNK):
        part = items.claims[start : start + CHUNK]
        arrivals = [Arrival(one.claim, taken_over=one.taken_over, state=one.state) for one in part]
        added = add_claims(
            arrivals,
            stage=Stage.SUBMISSION,
            received_on=row.as_of,
            source_file_id=None,
            words=f"Taken over from {row.system}, load {row.pk}",
            what="take over balances",
            by=by,
        )
        ids = [one.claim_id for one in added]
        insert_rows(
            OpeningClaim,
            ("load", "claim_id", "place"),
            [(row.pk, claim_id, one.place[:20]) for claim_id, one in zip(ids, part, strict=True)],
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE claims_claim AS c SET payer_control_number = w.number, submitted_on = w.day "
                "FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS w(id, number, day) "
                "WHERE c.id = w.id",
                [
                    ids,
                    [one.payer_control_number for one in part],
                    [one.submitted_on for one in part],
                ],
            )
        say(start + len(part), len(items.claims))


def _post_credits(row: OpeningLoad, items: OpeningItems, *, by: int | None) -> None:
    people = [(one.place, one.person) for one in items.credits if one.person is not None]
    found = find_or_add_patients(
        [(person, (patient_key(person.member_id, person),)) for _, person in people]
    )
    patients = {place: patient for (place, _), patient in zip(people, found.ids, strict=True)}
    payers = find_or_add_payers([one.payer for one in items.credits if one.payer is not None])
    entries = []
    for number, one in enumerate(items.credits, 1):
        patient_id = patients.get(one.place, 0)
        payer_id = payers[payer_key(one.payer)] if one.payer else 0
        trace = one.reference[:80]
        legs = (
            Leg(OPENING_BALANCE.code, one.amount, patient_id=patient_id, payer_id=payer_id),
            Leg(one.account, -one.amount, patient_id=patient_id, payer_id=payer_id, trace=trace),
        )
        entries.append(_entry(row, f"credit:{number}", "opening-credit", legs))
    ledger.post_entries(entries, by=by)
    record_audit("change", patient_ids=set(patients.values()), by=by, what="take over balances")


def _post_accounts(row: OpeningLoad, reading: Reading, *, by: int | None) -> None:
    """The accounts that no item moves, against the balances taken over."""
    moved = {one.account for one in reading.items.credits}
    legs: list[Leg] = []
    for line in reading.tie:
        account = line.account
        if BY_CODE[account].is_receivable or account in moved or account in _EQUITY:
            continue
        legs.append(Leg(account, line.theirs, reason="taken over"))
        legs.append(Leg(OPENING_BALANCE.code, -line.theirs, reason="taken over"))
    if legs:
        ledger.post_entries([_entry(row, "accounts", "opening", tuple(legs))], by=by)


def _entry(row: OpeningLoad, key: str, kind: str, legs: tuple[Leg, ...]) -> Entry:
    memo = f"taken over from {row.system}, load {row.pk}"[:200]
    return Entry(kind, f"opening:{row.pk}:{key}", row.as_of, row.as_of, legs, memo)


@transaction.atomic
def withdraw_load(load_id: int, *, by: int | None, reason: str) -> None:
    """Give a load up that nobody approved.

    Raises:
        InputError: no reason.
        StateError: it is not waiting.
    """
    if not reason.strip():
        raise InputError("reason: empty, expected why")
    row = OpeningLoad.objects.select_for_update().get(pk=load_id)
    if row.state != LoadState.PREPARED:
        raise StateError(f"load {load_id} is {LoadState(row.state).label.lower()}")
    OpeningLoad.objects.filter(pk=load_id).update(
        state=LoadState.WITHDRAWN, ended_by=by, ended_at=Now(), reason=reason[:200]
    )
    work.close_decision(load_id, outcome="Withdrawn")
