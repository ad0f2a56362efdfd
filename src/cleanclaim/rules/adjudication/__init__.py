"""Adjudication: from a claim to a decision, and from decisions to a remittance."""

from cleanclaim.rules.adjudication.context import (
    Authorization,
    Context,
    Coverage,
    Member,
    Options,
    Original,
    PriorLine,
    ProviderStanding,
)
from cleanclaim.rules.adjudication.pipeline import adjudicate
from cleanclaim.rules.adjudication.remit import (
    ForwardBalance,
    build_remittance,
    carried_forward,
    reverse,
    to_claim_payment,
)

__all__ = [
    "Authorization",
    "Context",
    "Coverage",
    "ForwardBalance",
    "Member",
    "Options",
    "Original",
    "PriorLine",
    "ProviderStanding",
    "adjudicate",
    "build_remittance",
    "carried_forward",
    "reverse",
    "to_claim_payment",
]
