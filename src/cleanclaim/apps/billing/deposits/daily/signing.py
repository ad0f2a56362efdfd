"""Sign a day: the figures as they stand, with their digest, as data and as PDF, for ever."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.deposits.daily.document import day_pdf
from cleanclaim.apps.billing.deposits.daily.figures import DayProof
from cleanclaim.apps.billing.deposits.daily.gather import check_day, prove_day
from cleanclaim.apps.billing.deposits.models import DaySignature
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.kernel.money import show

PREPARED, APPROVED = "prepared", "approved"
SHORTEST_REASON, LONGEST_REASON = 3, 300


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature, and whether the figures are still those that were signed."""

    row: DaySignature
    stands: bool


def signatures_of(day: date, *, digests: Collection[str]) -> list[Signed]:
    """All signatures of a day, oldest first, against its figures of now (`DayProof.digests`)."""
    found = DaySignature.objects.defer("pdf", "figures").filter(day=day).order_by("id")
    return [Signed(row, row.digest in digests) for row in found]


def approvals_between(since: date, until: date) -> dict[date, bool]:
    """Each day of these that was approved, and whether its figures are still those that were approved."""
    digests: dict[date, set[str]] = {}
    rows = DaySignature.objects.filter(place=APPROVED, day__range=(since, until))
    for day, digest in rows.values_list("day", "digest"):
        digests.setdefault(day, set()).add(digest)
    return {
        day: not known.isdisjoint(prove_day(day).digests) for day, known in sorted(digests.items())
    }


def signed_words(signed: Sequence[Signed]) -> list[str]:
    """Who signed the day as what and in spite of what, and what no longer stands."""
    return [
        f"{one.row.place} by {one.row.by_name}"
        + ("" if one.stands else ", changed since")
        + in_spite_words(one.row.not_explained, one.row.reason)
        for one in signed
    ]


def in_spite_words(not_explained: Decimal, reason: str) -> str:
    """What of a signature follows the name: `, with 45.00 not explained: the bank was called`; else nothing."""
    return f", with {show(not_explained)} not explained: {reason}" if not_explained else ""


def signed_data(signed: Sequence[Signed]) -> list[dict[str, Any]]:
    """The signatures as data, oldest first; amounts as text."""
    return [
        {
            "place": one.row.place,
            "by": one.row.by_name,
            "at": one.row.at.isoformat(),
            "stands": one.stands,
            "not_explained": f"{one.row.not_explained:.2f}",
            "reason": one.row.reason,
        }
        for one in signed
    ]


def signed_in_spite(since: date, until: date) -> list[DaySignature]:
    """The last approvals of these days under which money out was not explained, by day."""
    rows = DaySignature.objects.filter(place=APPROVED, day__range=(since, until))
    last = {row.day: row for row in rows.defer("pdf", "figures").order_by("day", "id")}
    return [row for row in last.values() if row.not_explained]


@transaction.atomic
def sign_day(
    day: date,
    *,
    by: int,
    organization_name: str,
    seen_digest: str = "",
    seen_not_explained: Decimal | None = None,
    reason: str = "",
    today: date,
) -> DaySignature:
    """Sign the day's proof as it stands: first as prepared, then by another person as approved.

    Args:
        seen_digest, seen_not_explained: of the figures that the person looked at, where a page showed them.
        reason: why it is signed although something left the bank that nobody has explained; asked of both persons.

    Raises:
        InputError: the day lies ahead, or the reason is missing, or there is nothing to give one for.
        StateError: something is unexplained, the figures are not those that were seen, or both have signed.
        PermissionRefusedError: who prepared it cannot approve it.
    """
    check_day(day, today=today)
    lock_names(["deposits", f"daily proof {day}"])  # nobody places between proving and signing
    proof = prove_day(day)
    if not proof.is_proved:
        raise StateError(
            f"{day}: {show(proof.difference)} is not explained",
            hint="Find what differs before signing.",
        )
    has_moved = seen_not_explained not in (None, proof.money_out_open)
    if has_moved or (seen_digest and seen_digest != proof.digest):
        raise StateError(
            f"the figures of {day} changed after you opened them", hint="Look at them, then sign."
        )
    signed = signatures_of(day, digests=proof.digests)
    place = _next_place(signed, by=by)
    reason = _checked_reason(reason, proof)
    name = User.objects.get(pk=by).name
    now = timezone.localtime()
    words = "; ".join(
        [
            *signed_words([one for one in signed if one.stands]),
            f"{place} by {name}, {now:%Y-%m-%d %H:%M}{in_spite_words(proof.money_out_open, reason)}",
        ]
    )
    return DaySignature.objects.create(
        day=day,
        place=place,
        by=by,
        by_name=name[:120],
        digest=proof.digest,
        figures=proof.as_data(),
        pdf=day_pdf(proof, organization=organization_name, signed=words),
        not_explained=proof.money_out_open,
        reason=reason,
    )


def _checked_reason(reason: str, proof: DayProof) -> str:
    """The reason in words; empty where everything is explained."""
    words = " ".join(reason.split())
    if not proof.money_out_open:
        if words:
            raise InputError(
                f"reason {words[:40]!r}: all of {proof.day} is explained, expected none"
            )
        return ""
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise InputError(
            f"reason {words[:40]!r}: {show(proof.money_out_open)} left the bank up to {proof.day} and nobody has "
            f"explained it, expected {SHORTEST_REASON} to {LONGEST_REASON} characters that say why the day is signed all the same",
            hint="Explain the open lines, or say why.",
        )
    return words


def _next_place(signed: Sequence[Signed], *, by: int) -> str:
    """What the next signature says: of figures that changed since, the signing begins anew."""
    standing = [one.row for one in signed if one.stands]
    if not standing:
        return PREPARED
    prepared = standing[-1] if standing[-1].place == PREPARED else None
    if prepared is None:
        raise StateError(f"{standing[-1].day} was approved by {standing[-1].by_name}")
    if prepared.by == by:
        raise PermissionRefusedError(
            f"you prepared {prepared.day}", hint="A second person must approve it."
        )
    return APPROVED
