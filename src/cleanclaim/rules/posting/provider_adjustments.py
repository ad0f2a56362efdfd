"""Provider-level adjustments (PLB) in the provider's books, by reason code and sign.

WO, FB, 72 and B2 settle or create what is owed back to the payer; interest (L6) is income and touches no claim. A
code that the list does not know holds the payment, as does one whose account each practice must choose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cleanclaim.kernel.money import show
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting.payer_rules import PROVIDER_LEVEL, PayerRule, RuleAction, rule_for
from cleanclaim.values.accounts import REMIT_CLEARING
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ProviderAdjustment

ACCOUNTS = Path(__file__).parent / "parameters" / "provider_adjustments.yaml"
ASK = "ask"


@dataclass(frozen=True, slots=True)
class ProviderAdjustmentPlan:
    """Legs that sum to zero, or the reason why a person must look.

    `accounts` are those of all adjustments in their order, also where they are held: empty for one without. `pattern` is
    that of the posting rule which would name the account that is missing.
    """

    legs: tuple[Leg, ...] = ()
    hold: str = ""
    notes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    pattern: str = ""


def provider_adjustment_words(reason: str) -> str:
    """Why a payment differs from its claims (PLB03), in our words; empty for an unknown code."""
    row = _accounts(None).get(reason)
    return row["words"] if row else ""


def plan_provider_adjustments(
    adjustments: Sequence[ProviderAdjustment],
    *,
    payer_id: int = 0,
    trace: str = "",
    on: date | None = None,
    rules: Sequence[PayerRule] = (),
) -> ProviderAdjustmentPlan:
    """The legs of a remittance's PLB: positive debits the account and credits clearing, negative the reverse.

    `rules` are the practice's own for this payer; one for `PLB-CS` names another account, or has a person look.
    """
    legs: list[Leg] = []
    notes: list[str] = []
    found = [_account(adjustment, rules, on=on) for adjustment in adjustments]
    accounts = tuple(account for account, _, _ in found)
    for _, hold, pattern in found:
        if hold:
            return ProviderAdjustmentPlan(hold=hold, accounts=accounts, pattern=pattern)
    for adjustment, account in zip(adjustments, accounts, strict=True):
        if not adjustment.amount:
            continue
        reason = f"PLB-{adjustment.reason} {adjustment.reference}".strip()
        legs.append(Leg(account, adjustment.amount, payer_id=payer_id, reason=reason))
        legs.append(
            Leg(
                REMIT_CLEARING.code,
                -adjustment.amount,
                payer_id=payer_id,
                reason=reason,
                trace=trace,
            )
        )
        verb = "reduces" if adjustment.amount > 0 else "raises"
        notes.append(f"{reason} {verb} the payment by {show(abs(adjustment.amount))}")
    return ProviderAdjustmentPlan(tuple(legs), notes=tuple(notes), accounts=accounts)


def _account(
    adjustment: ProviderAdjustment, rules: Sequence[PayerRule], *, on: date | None
) -> tuple[str, str, str]:
    """The account; or why there is none, and the pattern of the rule that would name it."""
    name = f"provider adjustment {adjustment.reason or '(no code)'}"
    pattern = f"{PROVIDER_LEVEL}-{adjustment.reason}"
    rule = rule_for(rules, PROVIDER_LEVEL, adjustment.reason, adjustment.amount)
    if rule is not None:
        if rule.action in (RuleAction.HOLD, RuleAction.ASK):
            return "", f"{name}: {rule.words}", ""
        return rule.account, "", ""
    row = _accounts(on).get(adjustment.reason)
    if row is None:
        if not adjustment.reason:
            return "", f"{name} has no account here: ask the payer what it is", ""
        text = f"{name} has no account here; name it under Posting rules ({pattern}, action other)"
        return "", text, pattern
    if row["account"] == ASK:
        text = f"{name} ({row['words']}): its account is the practice's choice"
        return "", f"{text}; name it under Posting rules ({pattern}, action other)", pattern
    return row["account"], "", ""


def _accounts(on: date | None) -> Mapping[str, Mapping[str, str]]:
    found = parameter(ACCOUNTS)
    rows: Mapping[str, Mapping[str, str]] = found.value(on=on or found.values[-1][0])
    return rows
