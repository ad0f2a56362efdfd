"""What changes in disbursements. Every function runs in the plan's tenant, in one atomic block."""

from cleanclaim.apps.payer.disbursements.services.acknowledging import (
    apply_syntax_acknowledgements,
)
from cleanclaim.apps.payer.disbursements.services.preparing import (
    hold_line,
    prepare_check_run,
    release_line,
)
from cleanclaim.apps.payer.disbursements.services.releasing import Released, release_check_run

__all__ = [
    "Released",
    "apply_syntax_acknowledgements",
    "hold_line",
    "prepare_check_run",
    "release_check_run",
    "release_line",
]
