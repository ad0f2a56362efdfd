"""Fill one practice with claims in every state, by the real services, to measure pages with."""

import gc
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cleanclaim.apps.billing.claims import services as claims
from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.shared.exchange import drop
from cleanclaim.apps.shared.exchange import services as exchange
from cleanclaim.apps.shared.exchange.models import Partner
from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_piece
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
from cleanclaim.apps.shared.tenancy.statistics import refresh_statistics
from cleanclaim.apps.shared.users.services import (
    ensure_default_roles,
    find_or_add_demo_user,
    join,
)
from cleanclaim.project.home import Home
from cleanclaim.project.loop import door, stages
from cleanclaim.project.loop.enroll import enroll_from
from cleanclaim.project.loop.pool import Pool
from cleanclaim.project.loop.prepare import apply_setup
from cleanclaim.project.loop.progress import Quiet
from cleanclaim.project.loop.world import World, open_world
from cleanclaim.project.seed.claims import Scene, make_billing_provider
from cleanclaim.project.seed.file import write_claim_file
from cleanclaim.values.claim import Claim

CLAIMS_AT_ONCE = 5_000
PATIENTS = 25_000  # of a full practice of 200,000 claims, each has eight
ELSEWHERE = "payer-elsewhere"
BILLER = ("bench.biller@demo.example", "Bench Biller", "Billing lead")
# What becomes of each file of claims, in turns: most wait for a payer that is not in this world.
FATES = ("cycle", "sent", "sent", "ready", "sent")
UNKNOWN_SHARE = (
    10  # of the claims that go through the cycle the plan does not know every so manieth
)
UNFIT_SHARE = 25  # every so manieth claim has a fault that an edit holds


def seed_practice(home: Home, count: int, *, seed: int = 7) -> dict[str, object]:
    """Add `count` claims to the home's big practice, made on first use; what was added, by state.

    The same call again continues with other claims: its files have other numbers.
    """
    world = open_world(home)
    apply_setup(world, None)
    practice = _practice(world)
    first = _next_batch(practice.pk)
    sizes = [min(CLAIMS_AT_ONCE, count - start) for start in range(0, count, CLAIMS_AT_ONCE)]
    gc.disable()  # claims by the ten thousand are alive at once: every collection would walk them
    with TemporaryDirectory() as folder, Pool(home, 1) as pool:
        for number, size in enumerate(sizes, first):
            path = Path(folder) / f"seed-{number}.837"
            scene = Scene(claims_per_provider=10**9, patients=PATIENTS, created_on=_day(number))
            write_claim_file(path, size, seed=seed * 1000 + number, scene=scene)
            _add(world, practice, path, fate=FATES[number % len(FATES)], pool=pool)
            path.unlink()
            refresh_statistics()
            gc.collect()
    gc.enable()
    with tenant(practice.pk):
        states = ClaimRow.objects.values_list("state", flat=True)
        found = {state: states.filter(state=state).count() for state in sorted(set(states))}
    return {"practice": practice.name, "claims": sum(found.values()), **found}


def _day(number: int) -> date:
    """Each file comes a day after the last, from the end of the claims' days of service on."""
    return date(2025, 11, 3) + timedelta(days=number % 300)


def _practice(world: World) -> Organization:
    provider = make_billing_provider(0)
    practice = find_or_add_organization(
        kind=OrganizationKind.PRACTICE,
        name=provider.full_name,
        npi=provider.npi_key,
        tin=provider.tin_key,
    )
    stages.connect(world, practice)
    with tenant(practice.pk):
        exchange.find_or_add_partner(
            slug=ELSEWHERE,
            name="Payer Elsewhere",
            kind=OrganizationKind.HEALTH_PLAN,
            our_id=practice.npi,
            their_id="ELSEWHERE",
            usage=world.usage,
        )
    email, name, role = BILLER
    join(find_or_add_demo_user(email=email, name=name), practice, ensure_default_roles()[role])
    return practice


def _next_batch(practice_id: int) -> int:
    with tenant(practice_id):
        return -(-ClaimRow.objects.count() // CLAIMS_AT_ONCE)


def _add(world: World, practice: Organization, path: Path, *, fate: str, pool: Pool) -> None:
    """One file through the door into the practice, and as much further as its fate says."""
    arrival = door.arrive(world, path, received_on=None)
    if not arrival.accepted:
        return  # the same file in an earlier call
    with tenant(world.door.pk):
        door_file = door.read_door_file(arrival.file_id, arrival.received_on)
    [found] = door_file.by_provider.values()
    if fate == "cycle":
        enroll_from(world, [claim for place, claim in found if place % UNKNOWN_SHARE])
        refresh_statistics()
    placed = [
        (place, _unfit(claim) if place % UNFIT_SHARE == 0 else claim) for place, claim in found
    ]
    with tenant_in_one_piece(practice.pk):
        claims.import_claims(
            [claim for _, claim in placed],
            positions=[place for place, _ in placed],
            source_file_id=arrival.file_id,
            received_on=arrival.received_on,
        )
    door.answer(world, door_file)
    if fate == "cycle":
        stages.run_day(world, arrival.received_on, pool, Quiet())
    elif fate == "sent":
        _send_elsewhere(world, practice, arrival.received_on)


def _unfit(claim: Claim) -> Claim:
    """The claim with a total that is not the sum of its lines."""
    return replace(claim, charge=claim.charge + 1)


def _send_elsewhere(world: World, practice: Organization, day: date) -> None:
    with tenant_in_one_piece(practice.pk):
        partner = Partner.objects.get(slug=ELSEWHERE)
        claims.submit_ready_claims(partner=partner, submit_on=day, usage=world.usage)
    drop.deliver_queued(world.drop, organization_id=practice.pk)
