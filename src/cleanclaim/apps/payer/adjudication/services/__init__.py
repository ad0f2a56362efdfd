"""What changes in adjudication. Every function runs in the plan's tenant, in one atomic block."""

from cleanclaim.apps.payer.adjudication.services.deciding import (
    Counts,
    adjudicate_cases,
    adjudicate_families,
)
from cleanclaim.apps.payer.adjudication.services.options import set_options
from cleanclaim.apps.payer.adjudication.services.people import (
    deny_pend,
    override_decision,
    release_pend,
)
from cleanclaim.apps.payer.adjudication.services.rerun import (
    Difference,
    rerun,
    rerun_as_known_now,
)

__all__ = [
    "Counts",
    "Difference",
    "adjudicate_cases",
    "adjudicate_families",
    "deny_pend",
    "override_decision",
    "release_pend",
    "rerun",
    "rerun_as_known_now",
    "set_options",
]
