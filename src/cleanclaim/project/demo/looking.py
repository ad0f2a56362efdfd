"""The demo practice says that a person looks first at what its plan pays, so that a new user has something to post."""

from datetime import date

from cleanclaim.apps.billing.remittances.models import Way, WorkerRule
from cleanclaim.apps.billing.remittances.services import set_worker_rule
from cleanclaim.apps.shared.users.models import User
from cleanclaim.project.demo.adjustments import LEAD

NOTE = "The plan changed its remittances; look at each before it posts"


def look_first(on: date) -> None:
    """Leave every payment from now on to a person; in the tenant's block. A build that was cut off says it once."""
    if not WorkerRule.objects.exists():
        lead = User.objects.get(email=LEAD).pk
        set_worker_rule(payer_id=0, way=Way.LOOK, note=NOTE, on=on, by=lead)
