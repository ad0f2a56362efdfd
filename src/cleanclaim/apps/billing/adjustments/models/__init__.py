"""Requests to move money on accounts, holds on accounts, credits and refunds."""

from cleanclaim.apps.billing.adjustments.models.requests import (
    AccountHold,
    Adjustment,
    AdjustmentLine,
    HoldKind,
    Kind,
    State,
)

__all__ = ["AccountHold", "Adjustment", "AdjustmentLine", "HoldKind", "Kind", "State"]
