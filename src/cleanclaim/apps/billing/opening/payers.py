"""Payers of open items that are not known here as the items name them: somebody should look before it is posted."""

from collections.abc import Iterable

from cleanclaim.apps.billing.coverage.services import payer_key
from cleanclaim.apps.billing.opening.values import OpeningItems, Problem
from cleanclaim.apps.shared.parties.models import Payer as PayerRow
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.values.party import Payer


def payers_to_look_at(found: OpeningItems) -> list[Problem]:
    """One finding for each payer that would be added, has no id, or has another name in the directory or an earlier row."""
    named: dict[str, str] = {}
    here = _directory(payer for _, payer in _named_payers(found))
    findings: dict[tuple[str, str], Problem] = {}
    for place, payer in _named_payers(found):
        number = payer_key(payer)[0]
        known = here.get(number) or named.get(number)
        if known is None:
            words = f"{_words(payer)} is not known here and would be added"
        elif _plain(known) != _plain(payer.name):
            words = f"{_words(payer)} is called {known} here"
        else:
            continue
        named.setdefault(number, payer.name)
        findings.setdefault((number, _plain(payer.name)), Problem(f"items, {place}, payer", words))
    return list(findings.values())


def _named_payers(found: OpeningItems) -> list[tuple[str, Payer]]:
    return [
        *((one.place, one.claim.payer) for one in found.claims),
        *((one.place, one.payer) for one in found.credits if one.payer),
    ]


def _directory(payers: Iterable[Payer]) -> dict[str, str]:
    numbers = sorted({payer_key(payer)[0] for payer in payers})
    rows = PayerRow.objects.filter(is_one_of("payer_id", numbers))
    return dict(rows.values_list("payer_id", "name"))


def _words(payer: Payer) -> str:
    return f"{payer.name[:60]!r} ({payer.payer_id[:40] or 'without payer_id'})"


def _plain(name: str) -> str:
    return " ".join(name.lower().split())
