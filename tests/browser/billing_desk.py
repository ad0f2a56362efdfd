"""An invented practice and plan that really exchange files, for the stories of billing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.apps.billing.world import CHIDI, PRACTICE

DOCTOR_NPI = "1888888819"
MEMBER = replace(CHIDI, last_name="Delgado", first_name="Rosa", sex="F", member_id="CA700001")


@dataclass
class Desk:
    """The two sides of a story: the practice's pages are driven by the browser, the plan's steps by hand."""

    world: Any
    practice_id: int
    patient_id: int

    @property
    def today(self) -> date:
        return timezone.localdate()

    @property
    def served_on(self) -> date:
        return self.today - timedelta(days=3)

    def plan_takes_in(self) -> None:
        """What was sent reaches the plan; its 999 and 277CA reach the practice."""
        from cleanclaim.apps.shared.exchange import drop
        from cleanclaim.project.loop import stages
        from cleanclaim.project.loop.progress import Quiet

        drop.deliver_queued(self.world.drop, organization_id=self.practice_id)
        stages.take_in_everything(self.world, self.today, Quiet())
        self.practice_works_inbox()

    def plan_pays(self) -> None:
        """The plan decides and pays; the practice posts the 835."""
        from cleanclaim.project.loop import stages
        from cleanclaim.project.loop.progress import Quiet

        stages.decide_everything(self.world, self.today, Quiet())
        stages.pay_everything(self.world, self.today, Quiet())
        self.practice_works_inbox()

    def practice_works_inbox(self) -> None:
        from cleanclaim.apps.shared.tenancy.models import Organization
        from cleanclaim.project.loop import stages

        slug = Organization.objects.get(pk=self.practice_id).slug
        stages.work_inbox(self.practice_id, slug, self.today, str(self.world.drop))

    def claim(self) -> Any:
        """The newest claim of the practice."""
        from cleanclaim.apps.billing.claims.models import Claim
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice_id):
            return Claim.objects.latest("id")

    def prove(self) -> None:
        """Both ledgers agree with their legs."""
        from cleanclaim.apps.shared.ledger.selectors import prove
        from cleanclaim.apps.shared.tenancy.context import tenant

        for organization_id in (self.practice_id, self.world.plan.pk):
            with tenant(organization_id):
                proof = prove()
            assert proof.balanced, proof.differences


def open_desk(folder: Path, practice_id: int) -> Desk:
    """A plan that knows the practice and one member; the member is the practice's patient."""
    from cleanclaim.apps.billing.claims.models import BillingProfile
    from cleanclaim.apps.billing.coverage.services import add_coverage
    from cleanclaim.apps.billing.patients.services import register_patient
    from cleanclaim.apps.payer.members.services import NewMember, enroll_members
    from cleanclaim.apps.payer.plans.services import NewProvider, enroll_providers
    from cleanclaim.apps.shared.parties.services import find_or_add_practitioners
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.project.home import open_home
    from cleanclaim.project.loop import stages
    from cleanclaim.project.loop.prepare import apply_setup
    from cleanclaim.project.loop.world import open_world
    from cleanclaim.values.claim import Subscriber
    from cleanclaim.values.codec import to_json
    from cleanclaim.values.party import Payer, Provider, Role

    world = open_world(open_home(folder / "world", kind="test"))
    apply_setup(world, None)
    stages.connect(world, Organization.objects.get(pk=practice_id))
    since = date(timezone.localdate().year - 1, 1, 1)
    with tenant(world.plan.pk):
        enroll_providers(
            [
                NewProvider(
                    npi=PRACTICE.npi,
                    tin=PRACTICE.tin,
                    name=PRACTICE.last_name,
                    valid_from=since,
                    contract_code="demo-network",
                )
            ]
        )
        enroll_members(
            [
                NewMember(
                    member_id=MEMBER.member_id,
                    last_name=MEMBER.last_name,
                    first_name=MEMBER.first_name,
                    born_on=MEMBER.born_on,
                    sex=MEMBER.sex,
                    valid_from=since,
                    plan_code="demo-ppo",
                )
            ]
        )
    with tenant(practice_id):
        BillingProfile.objects.create(
            npi=PRACTICE.npi,
            tin=PRACTICE.tin,
            name=PRACTICE.full_name,
            body=to_json(PRACTICE).decode(),
        )
        find_or_add_practitioners(
            [Provider(Role.RENDERING, "Mensah", "Ada", is_person=True, npi=DOCTOR_NPI)]
        )
        patient_id = register_patient(MEMBER, by=None)
        add_coverage(
            patient_id,
            payer=Payer(world.plan.name, "CAHP1"),
            subscriber=Subscriber(MEMBER, "P", filing_indicator="CI"),
        )
    return Desk(world, practice_id, patient_id)


def press(page: Any, *keys: str) -> None:
    """Press keys on a page whose scripts listen: a key before that is lost, as it is for people."""
    page.wait_for_load_state("load")
    for key in keys:
        page.keyboard.press(key)
