"""Which organizations of a home a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cleanclaim.kernel.errors import InputError

if TYPE_CHECKING:
    from cleanclaim.apps.shared.tenancy.models import Organization

BILLERS = ("practice", "pharmacy")


def organizations(wanted: str | None, *, kind: str = "") -> list[Organization]:
    """Those of the kind (empty: all) in the order of their slugs; only the one that is wanted, where given.

    `wanted` is a slug, an id, or the start of one slug alone.

    Raises:
        InputError: `wanted` is none of them, or the start of several.
    """
    from cleanclaim.apps.shared.tenancy.models import Organization

    rows = Organization.objects.order_by("slug")
    there = list(rows.filter(kind=kind) if kind else rows)
    return there if wanted is None else [_named(wanted, there, kind=kind)]


def _named(wanted: str, there: Sequence[Organization], *, kind: str) -> Organization:
    for one in there:
        if wanted in (one.slug, str(one.pk)):
            return one
    begin = [one for one in there if wanted and one.slug.startswith(wanted)]
    if len(begin) == 1:
        return begin[0]
    if begin:
        raise InputError(f"organization {wanted!r}: {len(begin)} begin so ({_slugs(begin)})")
    missing = f"not a {kind} of this home" if kind else "not found in this home"
    raise InputError(
        f"organization {wanted!r}: {missing}", hint=f"There is {_slugs(there)}" if there else ""
    )


def _slugs(some: Sequence[Organization]) -> str:
    return ", ".join(one.slug for one in some[:5]) + (" ..." if len(some) > 5 else "")


def billers(wanted: str | None) -> list[Organization]:
    """Those to whom payers and patients owe money, or the one that is named, whatever it is.

    A plan and the door for files keep books of their own: a report of receivables speaks of them only where asked.

    Raises:
        InputError: there is none.
    """
    found = organizations(wanted)
    if wanted is None:
        found = [one for one in found if one.kind in BILLERS]
    if not found:
        raise InputError(f"no {' or '.join(BILLERS)} in this home")
    return found


def the_biller(wanted: str | None) -> int:
    """The id of the practice or pharmacy with this slug or id; where none is named, of the only practice, else pharmacy.

    Raises:
        InputError: there is none, more than one to choose among, or the one that is named is neither.
    """
    if wanted is not None:
        there = [one for one in organizations(None) if one.kind in BILLERS]
        return int(_named(wanted, there, kind="practice or pharmacy").pk)
    found = organizations(None, kind="practice") or organizations(None, kind="pharmacy")
    return _only(found, "practices" if found and found[0].kind == "practice" else "pharmacies")


def _only(found: Sequence[Organization], what: str) -> int:
    if len(found) != 1:
        raise InputError(
            f"{len(found)} {what} in this home ({_slugs(found)})",
            hint="Name one with --organization",
        )
    return int(found[0].pk)
