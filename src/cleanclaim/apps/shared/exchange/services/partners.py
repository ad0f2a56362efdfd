"""Trading partners and their control numbers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection, transaction

from cleanclaim.apps.shared.exchange.models import Partner
from cleanclaim.edi import Envelope
from cleanclaim.kernel.errors import StateError

LAST_NUMBER = 999_999_999
LEVELS = ("interchange", "group")


@transaction.atomic
def find_or_add_partner(
    *,
    slug: str,
    name: str,
    kind: str,
    our_id: str,
    their_id: str,
    usage: str,
    our_qualifier: str = "ZZ",
    their_qualifier: str = "ZZ",
) -> Partner:
    """The partner with this slug, added on first sight; of two callers at once one adds it."""
    wanted = Partner(
        slug=slug,
        name=name[:120],
        kind=kind,
        our_qualifier=our_qualifier,
        our_id=our_id,
        their_qualifier=their_qualifier,
        their_id=their_id,
        usage=usage,
    )
    return find_or_add_partners([wanted])[0]


@transaction.atomic
def find_or_add_partners(wanted: Sequence[Partner]) -> list[Partner]:
    """As `find_or_add_partner`, for many in few statements; the rows as they are kept, in order."""
    slugs = {one.slug for one in wanted}
    known = {one.slug: one for one in Partner.objects.filter(slug__in=slugs)}
    if missing := [one for one in wanted if one.slug not in known]:
        Partner.objects.bulk_create(missing, ignore_conflicts=True)
        known = {one.slug: one for one in Partner.objects.filter(slug__in=slugs)}
    return [known[one.slug] for one in wanted]


@transaction.atomic
def next_envelope(partner: Partner, *, created_on: date, created_at: str = "0000") -> Envelope:
    """As `next_envelopes`, for one file."""
    [envelope] = next_envelopes([partner], created_on=created_on, created_at=created_at)
    return envelope


@transaction.atomic
def next_envelopes(
    partners: Sequence[Partner], *, created_on: date, created_at: str = "0000"
) -> list[Envelope]:
    """Addresses and fresh control numbers for one file to each partner, in order; `created_at` is HHMM.

    A number is given once: the counters' rows stay locked until the caller commits, and a caller who
    rolls back has sent nothing under it. A partner who is named twice gets two files' numbers.

    Raises:
        StateError: the nine digits are used up.
    """
    numbers = _next_numbers(Counter(partner.pk for partner in partners))
    return [
        Envelope(
            sender_qualifier=partner.our_qualifier,
            sender_id=partner.our_id,
            receiver_qualifier=partner.their_qualifier,
            receiver_id=partner.their_id,
            usage=partner.usage,
            created_on=created_on,
            created_at=created_at,
            interchange_control=next(numbers[partner.pk, "interchange"]),
            group_control=next(numbers[partner.pk, "group"]),
            message_control=1,
            gs_sender=partner.our_id,
            gs_receiver=partner.their_id,
        )
        for partner in partners
    ]


def _next_numbers(wanted: Counter[int]) -> dict[tuple[int, str], Iterator[int]]:
    """Of each partner's levels as many fresh numbers as are wanted, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_controlcounter (partner_id, level, last) "
            "SELECT id, level, many FROM unnest(%s::bigint[], %s::int[]) AS wanted (id, many), "
            "unnest(%s::text[]) AS level ORDER BY id, level "
            "ON CONFLICT (organization_id, partner_id, level) "
            "DO UPDATE SET last = exchange_controlcounter.last + excluded.last "
            "WHERE exchange_controlcounter.last + excluded.last <= %s "
            "RETURNING partner_id, level, last",
            [list(wanted), list(wanted.values()), list(LEVELS), LAST_NUMBER],
        )
        last = {(partner_id, level): number for partner_id, level, number in cursor}
    for partner_id in wanted:
        for level in LEVELS:
            if (partner_id, level) not in last:
                raise StateError(
                    f"partner {partner_id}: all {LAST_NUMBER} {level} control numbers are used",
                    hint="Agree with the partner on a new sender id.",
                )
    return {
        key: iter(range(number - wanted[key[0]] + 1, number + 1)) for key, number in last.items()
    }
