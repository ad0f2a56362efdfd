"""Which organizations of a home a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cleanclaim.kernel.errors import InputError

if TYPE_CHECKING:
    from cleanclaim.apps.shared.tenancy.models import Organization


def organizations(wanted: str | None, *, kind: str = "") -> list[Organization]:
    """Those of the kind (empty: all) in the order of their slugs; only the one of this slug or id, where given.

    Raises:
        InputError: `wanted` is none of them.
    """
    from cleanclaim.apps.shared.tenancy.models import Organization

    rows = Organization.objects.order_by("slug")
    found = [
        one
        for one in (rows.filter(kind=kind) if kind else rows)
        if wanted in (None, one.slug, str(one.pk))
    ]
    if wanted is not None and not found:
        missing = f"not a {kind} of this home" if kind else "not found in this home"
        raise InputError(f"organization {wanted!r}: {missing}")
    return found


def billers(
    wanted: str | None, *, kinds: Sequence[str] = ("practice", "pharmacy")
) -> list[Organization]:
    """Those to whom payers and patients owe money, or the one that is named, whatever it is.

    A plan and the door for files keep books of their own: a report of receivables speaks of them only where asked.

    Raises:
        InputError: there is none.
    """
    found = organizations(wanted)
    if wanted is None:
        found = [one for one in found if one.kind in kinds]
    if not found:
        raise InputError(f"no {' or '.join(kinds)} in this home")
    return found


def the_biller(wanted: str | None) -> int:
    """The id of the practice or pharmacy with this slug or id, or of the only one where none is named.

    Raises:
        InputError: there is none, or more than one to choose among.
    """
    return _only(billers(wanted), "practices and pharmacies")


def the_practice(wanted: str | None) -> int:
    """The id of the practice with this slug or id, or of the only one where none is named.

    Raises:
        InputError: there is none, or more than one to choose among.
    """
    return _only(organizations(wanted, kind="practice"), "practices")


def _only(found: Sequence[Organization], what: str) -> int:
    if len(found) != 1:
        names = ", ".join(one.slug for one in found[:5])
        raise InputError(
            f"{len(found)} {what} in this home ({names}{' ...' if len(found) > 5 else ''})",
            hint="Name one with --organization",
        )
    return int(found[0].pk)
