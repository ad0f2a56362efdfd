"""What changes in intake. Every function runs in the plan's tenant, in one atomic block."""

from cleanclaim.apps.payer.intake.services.history import load_history
from cleanclaim.apps.payer.intake.services.taking import TakenIn, take_in, take_in_files

__all__ = ["TakenIn", "load_history", "take_in", "take_in_files"]
