"""Trading partners and their control numbers."""

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
    Partner.objects.bulk_create(
        [
            Partner(
                slug=slug,
                name=name[:120],
                kind=kind,
                our_qualifier=our_qualifier,
                our_id=our_id,
                their_qualifier=their_qualifier,
                their_id=their_id,
                usage=usage,
            )
        ],
        ignore_conflicts=True,
    )
    return Partner.objects.get(slug=slug)


@transaction.atomic
def next_envelope(partner: Partner, *, created_on: date, created_at: str = "0000") -> Envelope:
    """Addresses and fresh control numbers for one file to `partner`; `created_at` is HHMM.

    A number is given once: the counter's row stays locked until the caller commits, and a caller who
    rolls back has sent nothing under it.

    Raises:
        StateError: the nine digits are used up.
    """
    interchange, group = _next_numbers(partner)
    return Envelope(
        sender_qualifier=partner.our_qualifier,
        sender_id=partner.our_id,
        receiver_qualifier=partner.their_qualifier,
        receiver_id=partner.their_id,
        usage=partner.usage,
        created_on=created_on,
        created_at=created_at,
        interchange_control=interchange,
        group_control=group,
        message_control=1,
        gs_sender=partner.our_id,
        gs_receiver=partner.their_id,
    )


def _next_numbers(partner: Partner) -> list[int]:
    """The next number of each level, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_controlcounter (partner_id, level, last) "
            "SELECT %s, level, 1 FROM unnest(%s::text[]) AS level "
            "ON CONFLICT (organization_id, partner_id, level) "
            "DO UPDATE SET last = exchange_controlcounter.last + 1 "
            "WHERE exchange_controlcounter.last < %s RETURNING level, last",
            [partner.pk, list(LEVELS), LAST_NUMBER],
        )
        found = dict(cursor.fetchall())
    for level in LEVELS:
        if level not in found:
            raise StateError(
                f"partner {partner.pk}: all {LAST_NUMBER} {level} control numbers are used",
                hint="Agree with the partner on a new sender id.",
            )
    return [found[level] for level in LEVELS]
