"""A contract as the text that `loading` reads: to be changed into its next edition."""

from datetime import date
from typing import Any

import yaml

from cleanclaim.apps.billing.contracts.models import Contract as ContractRow
from cleanclaim.apps.billing.contracts.selectors import editions_of
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.rules.code_list import CodeList
from cleanclaim.rules.pricing import Contract, Covers, Option, Term
from cleanclaim.rules.pricing.values import ModifierClause, RankClause, StopLoss


def new_yaml(on: date) -> str:
    """A contract to begin with; every line of it is to be changed."""
    return f"""contracts:
  - code: PAYER-{on.year}
    name: Name of the contract
    edition: v1
    payer: {{id: "PAYERID", name: Name of the payer}}
    valid_from: {on.replace(month=1, day=1)}
    tolerance: "0.00"
    terms:
      - {{method: percent_of_charge, rate: 70, clause: exhibit A}}
"""


def as_yaml(row: ContractRow) -> str:
    """The contract with the terms of its newest edition."""
    [chain] = editions_of([row]).values()
    payer = Payer.objects.get(pk=row.payer_id)
    raw: dict[str, Any] = {
        "code": row.code,
        "name": row.name,
        "edition": f"{chain[-1].terms.edition} changed" if chain else "v1",
        "payer": {"id": payer.payer_id, "name": payer.name},
        "valid_from": chain[-1].valid_from if chain else "",
        "provider_npi": row.provider_npi,
        "routing": row.routing,
        "help_desk": row.help_desk,
        "notes": row.notes,
        "tolerance": str(row.tolerance),
        "missing_after_days": row.missing_after_days,
    }
    if chain:
        raw["pays_lesser_of_charge"] = chain[-1].terms.pays_lesser_of_charge
        raw["terms"] = [_term(term) for term in chain[-1].terms.terms]
        raw |= _clauses(chain[-1].terms)
    kept = {key: value for key, value in raw.items() if value not in ("", None)}
    return yaml.safe_dump({"contracts": [kept]}, sort_keys=False, allow_unicode=True)


_FIGURES = ("amount", "discount", "dispensing_fee")


def _term(term: Option) -> dict[str, Any]:
    raw: dict[str, Any] = {"method": term.method}
    if codes := _codes(term.codes):
        raw["codes"] = codes
    for name in ("schedule", "clause", "drugs"):
        if value := getattr(term, name):
            raw[name] = value
    if term.rate != 100:
        raw["rate"] = str(term.rate)
    raw |= {name: str(getattr(term, name)) for name in _FIGURES if getattr(term, name)}
    if term.method == "awp_discount":
        raw["discount"] = str(term.discount)
    if isinstance(term, Term) and term.options:
        raw["options"] = [_term(one) for one in term.options]
    if isinstance(term, Term):
        raw |= _of_whole_claims(term)
    return raw


def _of_whole_claims(term: Term) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if term.tiers:
        raw["tiers"] = [
            {"through_day": tier.through_day, "amount": str(tier.amount)}
            if tier.through_day is not None
            else {"amount": str(tier.amount)}
            for tier in term.tiers
        ]
    if term.covers is not Covers.CLAIM:
        raw["covers"] = term.covers.value
    if term.carve_out:
        raw["carve_out"] = True
    return raw


def _clauses(terms: Contract) -> dict[str, Any]:
    """Modifiers, ranks and stop loss, each only where there is one."""
    found: dict[str, list[dict[str, Any]]] = {
        "modifiers": [
            {"modifier": one.modifier, "percent": str(one.percent)} | _about(one)
            for one in terms.modifiers
        ],
        "multiple_procedures": [
            {"percents": [str(percent) for percent in one.percents]} | _about(one)
            for one in terms.multiple_procedures
        ],
        "stop_loss": [
            {"threshold": str(one.threshold), "percent": str(one.percent), "pays": one.pays.value}
            | _about(one)
            for one in terms.stop_loss
        ],
    }
    return {key: value for key, value in found.items() if value}


def _about(one: ModifierClause | RankClause | StopLoss) -> dict[str, Any]:
    raw: dict[str, Any] = {"codes": found} if (found := _codes(one.codes)) else {}
    return raw | ({"clause": one.clause} if one.clause else {})


def _codes(items: CodeList) -> list[str]:
    parts = [*items.exact, *(f"{first}-{last}" for first, last in items.ranges)]
    return sorted([*parts, *(f"{family}*" for family in items.families)])
