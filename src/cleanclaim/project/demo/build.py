"""Make the demo world: people, plans, then eight weeks of real cycles, the last ones left half-way on purpose."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from cleanclaim.apps.payer.adjudication.services import set_options
from cleanclaim.apps.payer.disbursements.services import prepare_check_run
from cleanclaim.apps.payer.members.services import NewMember, enroll_members
from cleanclaim.apps.payer.plans.services import NewProvider, enroll_providers
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
from cleanclaim.apps.shared.users.services import (
    ensure_default_roles,
    find_or_add_demo_user,
    join,
)
from cleanclaim.edi import Batch, Correspondent, Envelope, write_837p
from cleanclaim.project.demo import cast
from cleanclaim.project.demo.adjustments import make_adjustments
from cleanclaim.project.demo.again import answer_again
from cleanclaim.project.demo.bank import bring_statement
from cleanclaim.project.demo.claims import make_week
from cleanclaim.project.demo.contract import compare_payments, sign_contract
from cleanclaim.project.demo.looking import look_first
from cleanclaim.project.demo.mark import mark_built
from cleanclaim.project.demo.pharmacy import open_pharmacy
from cleanclaim.project.home import Home
from cleanclaim.project.loop import stages
from cleanclaim.project.loop.pool import Pool
from cleanclaim.project.loop.prepare import apply_setup
from cleanclaim.project.loop.progress import Progressing
from cleanclaim.project.loop.run import LoopRequest, hand_in
from cleanclaim.project.loop.world import World, open_world
from cleanclaim.values.claim import Claim, Purpose

WEEKS = 8
DAYS = 60
LEFT_TO_POST = 2  # the newest payments wait for a person at the posting desk


def build_demo(home: Home, today: date, progress: Progressing) -> World:
    """Build the demo as of `today`; a build that was cut off goes on where it stopped."""
    world = open_world(home)
    apply_setup(world, None)
    practice, pharmacy = _organizations(world)
    _desks(world, practice, pharmacy)
    patients = cast.make_patients(today)
    _enroll(world, patients, today)
    folder = home.path / "demo-files"
    folder.mkdir(exist_ok=True)
    first = today - timedelta(days=DAYS)
    with tenant(practice.pk):
        sign_contract(first)
    with Pool(home, 1) as pool:
        for week in range(WEEKS):
            if week == WEEKS - 2 - LEFT_TO_POST:
                with tenant(practice.pk):
                    look_first(first + timedelta(days=7 * week))
            start = first + timedelta(days=7 * week)
            days = 7 if week < WEEKS - 1 else DAYS - 7 * week
            claims = make_week(patients, first=start, days=days, week=week)
            sent_on = min(start + timedelta(days=days), today)
            path = folder / f"harbor-week-{week + 1}.837"
            path.write_bytes(_write(claims, sent_on, week))
            if week < WEEKS - 2:
                _whole_cycle(world, path, sent_on, pool, progress)
            elif week == WEEKS - 2:
                _until_check_run(world, path, sent_on, today, pool, progress)
            else:
                hand_in(world, [path], LoopRequest(files=(path,)), pool, progress)
    bring_statement(home, practice.pk, today=today)
    with tenant(practice.pk):
        make_adjustments(today)
        compare_payments(today)
    answer_again(world, practice)
    open_pharmacy(home, pharmacy.pk, today=today)
    mark_built(home, today)
    return world


def _whole_cycle(world: World, path: Path, day: date, pool: Pool, progress: Progressing) -> None:
    hand_in(world, [path], LoopRequest(files=(path,)), pool, progress)
    stages.run_day(world, day, pool, progress)


def _until_check_run(
    world: World, path: Path, day: date, today: date, pool: Pool, progress: Progressing
) -> None:
    """Sent, answered and decided; the check run waits for a person to release it, who can do so today."""
    hand_in(world, [path], LoopRequest(files=(path,)), pool, progress)
    stages.send_everything(world, day, pool, progress)
    stages.take_in_everything(world, day, progress)
    stages.decide_everything(world, day, progress)
    stages.work_inboxes(world, day, pool, progress)
    with tenant(world.plan.pk):
        prepare_check_run(pay_on=today)


def _organizations(world: World) -> tuple[Organization, Organization]:
    practice = find_or_add_organization(
        kind=OrganizationKind.PRACTICE,
        name="Harbor Family Medicine",
        npi=cast.PRACTICE_NPI,
        tin=cast.PRACTICE_TIN,
    )
    pharmacy = find_or_add_organization(
        kind=OrganizationKind.PHARMACY,
        name="Willow Creek Pharmacy",
        npi=cast.PHARMACY_NPI,
        tin=cast.PHARMACY_TIN,
    )
    stages.connect(world, practice)
    return practice, pharmacy


def _desks(world: World, practice: Organization, pharmacy: Organization) -> None:
    roles = ensure_default_roles()
    places = {"practice": practice, "pharmacy": pharmacy, "plan": world.plan}
    for person in cast.DESKS:
        user = find_or_add_demo_user(email=person.email, name=person.name)
        join(user, places[person.desk], roles[person.role])


def _enroll(world: World, patients: list[cast.Patient], today: date) -> None:
    since = date(today.year - 2, 1, 1)
    with tenant(world.plan.pk):
        set_options(suspect_duplicate="pend", high_dollar=Decimal("5000.00"))
        enroll_providers(
            [
                NewProvider(
                    npi=cast.PRACTICE_NPI,
                    tin=cast.PRACTICE_TIN,
                    name="Harbor Family Medicine",
                    valid_from=since,
                    contract_code="demo-network",
                    pays_by="ACH",
                    bank_routing="121000248",
                    bank_account="000778120",
                )
            ]
        )
        enroll_members([member for p in patients if p.is_known for member in _members(p, since)])


def _members(patient: cast.Patient, since: date) -> list[NewMember]:
    found = [(patient.subscriber, "18")]
    if patient.dependent is not None:
        found.append((patient.dependent, "19"))
    return [
        NewMember(
            member_id=patient.subscriber.member_id,
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            born_on=person.born_on,
            sex=person.sex,
            relationship=relationship,
            group_number="COASTAL",
            valid_from=since,
            valid_to=patient.cover_ends,
            plan_code=patient.plan_code,
        )
        for person, relationship in found
    ]


def _write(claims: list[Claim], created_on: date, week: int) -> bytes:
    """The week's charges as the practice's record system would export them."""
    envelope = Envelope(
        sender_qualifier="ZZ",
        sender_id="HARBOREHR",
        receiver_qualifier="ZZ",
        receiver_id="FILEDOOR",
        interchange_control=100 + week,
        group_control=100 + week,
        message_control=1,
        usage="T",
        created_on=created_on,
        created_at="0700",
        gs_sender="HARBOREHR",
        gs_receiver="FILEDOOR",
    )
    batch = Batch(
        reference=f"WEEK{week + 1}",
        created_on=created_on,
        submitter=Correspondent(
            "Harbor Family Medicine", "HARBOREHR", contact=cast.PRACTICE.contact
        ),
        receiver=Correspondent("File door", "FILEDOOR"),
        purpose=Purpose.CHARGEABLE,
    )
    return write_837p(claims, envelope=envelope, batch=batch)
