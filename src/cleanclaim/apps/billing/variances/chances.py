"""How likely differences come in when they are asked for: what people set, and the rank that follows from it."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import connection, transaction

from cleanclaim.apps.billing.variances.models import KINDS, Recoverability, State, Variance
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.work.rank import rank
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.variance import Kind, Said, chance_of

MISSING = "missing_payment"  # the kind of work
OLDEST_DAYS = 3650
SETTABLE = tuple(kind for kind in KINDS if kind is not Kind.EXACT)
_ORDER = ("starts_on", "id")
SET = "variances.chance_set"
# In the order of their ids, as everybody locks them; one that was decided or compared meanwhile is left as it is.
_RANK = """
WITH new AS (
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::numeric[], %s::numeric[], %s::jsonb[])
        AS new (id, kind, amount, rank, steps)
), same AS (
    SELECT v.id FROM variances_variance AS v JOIN new USING (id)
     WHERE v.state = 'open' AND v.kind = new.kind AND v.amount = new.amount AND v.rank_steps <> new.steps
     ORDER BY v.id FOR UPDATE OF v
)
UPDATE variances_variance AS v SET rank = new.rank, rank_steps = new.steps
  FROM new JOIN same USING (id) WHERE v.id = new.id
"""


def said() -> list[Said]:
    """Everything that people set, in the order in which it counts."""
    return [
        Said(row.payer_id, row.kind, row.limit_days, row.share, row.starts_on)
        for row in Recoverability.objects.order_by(*_ORDER)
    ]


def rank_of(
    kind: str,
    *,
    amount: Decimal,
    payer_id: int,
    payer: str,
    service_from: date | None,
    on: date,
    said: Sequence[Said],
) -> tuple[Decimal, Sequence[tuple[str, str]]]:
    """What a difference counts in the queue on a day, with its arithmetic; nothing where there is none."""
    if kind == Kind.EXACT:
        return ZERO, ()
    age = (on - service_from).days if service_from else 0
    chance = chance_of(kind, payer_id=payer_id, payer=payer, age_days=age, on=on, said=said)
    found = rank(
        MISSING if kind == Kind.MISSING else "variance",
        amount=amount,
        due_on=None,
        on=on,
        chance=chance.share,
        chance_words=chance.words,
    )
    return found.value, found.steps


@transaction.atomic
def rank_open(*, on: date, kind: str = "", payer_id: int = 0) -> int:
    """Rank open differences as of a day, all or those of a kind and a payer: they grow older, and a chance may start to hold.

    Returns how many were looked at. They are locked only while what changed is written.
    """
    found = Variance.objects.filter(state=State.OPEN)
    if kind:
        found = found.filter(kind=kind)
    if payer_id:
        found = found.filter(payer_id=payer_id)
    rows = list(
        found.order_by("id").values_list("id", "kind", "amount", "payer_id", "service_from")
    )
    if not rows:
        return 0
    heard = _by_kind_and_payer(said())
    numbers = dict(
        Payer.objects.filter(is_one_of("id", sorted({row[3] for row in rows}))).values_list(
            "id", "payer_id"
        )
    )
    ranks = [
        rank_of(
            one,
            amount=amount,
            payer_id=whose,
            payer=numbers.get(whose, ""),
            service_from=service_from,
            on=on,
            said=[*heard.get((one, 0), ()), *heard.get((one, whose), ())],
        )
        for _, one, amount, whose, service_from in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _RANK,
            [
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
                [value for value, _ in ranks],
                [json.dumps(steps) for _, steps in ranks],
            ],
        )
    return len(rows)


def _by_kind_and_payer(heard: Sequence[Said]) -> dict[tuple[str, int], list[Said]]:
    found: dict[tuple[str, int], list[Said]] = {}
    for one in heard:
        found.setdefault((one.kind, one.payer_id), []).append(one)
    return found


@transaction.atomic
def set_chance(
    kind: str,
    share: Decimal | None,
    *,
    payer_id: int = 0,
    limit_days: int | None = None,
    starts_on: date,
    words: str = "",
    on: date,
    by: int,
) -> Recoverability:
    """Say how likely differences of a kind come in from a day on (None: as before); the worker ranks those it concerns anew.

    Raises:
        InputError: no such kind or payer, or a share, an age or a day that none can be.
    """
    if kind not in SETTABLE:
        raise InputError(f"kind {kind[:20]!r}: expected one of {', '.join(SETTABLE)}")
    if share is not None and not (0 <= share <= 1 and share == round(share, 2)):
        raise InputError(f"share {share}: expected 0.00 to 1.00, two decimals at most")
    if limit_days is not None and not 0 <= limit_days <= OLDEST_DAYS:
        raise InputError(f"age {limit_days}: expected 0 to {OLDEST_DAYS:,} days, or none")
    checked_day(starts_on, "from")
    payer = Payer.objects.filter(pk=payer_id).first() if payer_id else None
    if payer_id and payer is None:
        raise InputError(f"payer {payer_id}: there is none with this number")
    row = Recoverability.objects.create(
        payer_id=payer_id,
        payer_name=payer.name if payer else "",
        kind=kind,
        limit_days=limit_days,
        share=share,
        starts_on=starts_on,
        words=words.strip()[:200],
        set_by=by,
    )
    emit(SET, {"kind": kind, "payer_id": payer_id, "on": on.isoformat()})
    return row


def read_share(text: str) -> Decimal | None:
    """A typed share, as 0.45 or 45 %; empty: as before.

    Raises:
        InputError: it is no figure.
    """
    typed = text.strip()
    if not typed:
        return None
    try:
        found = Decimal(typed.removesuffix("%").strip())
    except InvalidOperation as error:
        raise InputError(f"share {text[:20]!r}: expected a figure like 0.45 or 45 %") from error
    if not found.is_finite():
        raise InputError(f"share {text[:20]!r}: expected a figure like 0.45 or 45 %")
    return found / 100 if typed.endswith("%") else found


def read_age(text: str) -> int | None:
    """Typed days at most; empty: any age.

    Raises:
        InputError: it is no number of days.
    """
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        raise InputError(f"age {text[:20]!r}: expected a number of days, or nothing")
    return int(typed)
