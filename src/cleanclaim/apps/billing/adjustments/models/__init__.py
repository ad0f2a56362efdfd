"""Requests to move money on accounts, holds on accounts, credits and refunds."""

from cleanclaim.apps.billing.adjustments.models.refunds import (
    CameBack,
    Method,
    Refund,
    RefundFile,
    RefundState,
    RefundStep,
    Term,
    TermKind,
)
from cleanclaim.apps.billing.adjustments.models.requests import (
    AccountHold,
    Adjustment,
    AdjustmentLine,
    HoldKind,
    Kind,
    State,
)

__all__ = [
    "AccountHold",
    "Adjustment",
    "AdjustmentLine",
    "CameBack",
    "HoldKind",
    "Kind",
    "Method",
    "Refund",
    "RefundFile",
    "RefundState",
    "RefundStep",
    "State",
    "Term",
    "TermKind",
]
