"""What changes about patients' money. Every function runs in the caller's tenant, in one atomic block."""

from cleanclaim.apps.billing.receipts.parts import Part
from cleanclaim.apps.billing.receipts.services.returning import return_receipt, void
from cleanclaim.apps.billing.receipts.services.taking import apply, take
from cleanclaim.apps.billing.receipts.services.undoing import undo_return

__all__ = ["Part", "apply", "return_receipt", "take", "undo_return", "void"]
