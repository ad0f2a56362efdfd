"""The steps of each side, each safe to run again: they ask the rows and the drop folders what is to do.

The loop, the worker and the tests call the same steps. No step sees two tenants in one database transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from cleanclaim.apps.billing.claims import services as claims
from cleanclaim.apps.billing.remittances import services as remittances
from cleanclaim.apps.payer.adjudication import services as adjudication
from cleanclaim.apps.payer.disbursements import services as disbursements
from cleanclaim.apps.payer.intake import services as intake
from cleanclaim.apps.payer.members.selectors import FAMILY_GROUPS
from cleanclaim.apps.shared.exchange import drop
from cleanclaim.apps.shared.exchange import services as exchange
from cleanclaim.apps.shared.exchange.models import (
    Kind,
    MessageFile,
    Partner,
)
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_piece
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.tenancy.statistics import refresh_statistics
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.project.loop.pool import Pool
from cleanclaim.project.loop.progress import Progressing
from cleanclaim.project.loop.world import PLAN_SENDER_ID, World

CASES_AT_ONCE = 2_000
FILES_AT_ONCE = 25
PROCESSED = "Processed"


def connect(world: World, practice: Organization) -> None:
    """Make practice and plan each other's trading partner, with addresses for their envelopes."""
    [sender_id] = sender_ids([practice])
    with tenant(practice.pk):
        know_plan(world.plan, world.usage, sender_id=sender_id)
    connect_to_plan(world, [practice], [sender_id])


def know_plan(plan: Organization, usage: str, *, sender_id: str) -> None:
    """The practice's side of `connect`, in the practice's tenant."""
    exchange.find_or_add_partner(
        slug=plan.slug,
        name=plan.name,
        kind=plan.kind,
        our_id=sender_id,
        their_id=PLAN_SENDER_ID,
        usage=usage,
    )


def connect_to_plan(
    world: World, practices: Sequence[Organization], their_ids: Sequence[str]
) -> None:
    """The plan's side of `connect`, for many practices with their `sender_ids` in one transaction."""
    with tenant_in_one_piece(world.plan.pk):
        exchange.find_or_add_partners(
            [
                Partner(
                    slug=practice.slug,
                    name=practice.name,
                    kind=practice.kind,
                    our_id=PLAN_SENDER_ID,
                    their_id=sender_id,
                    usage=world.usage,
                )
                for practice, sender_id in zip(practices, their_ids, strict=True)
            ]
        )


def sender_ids(practices: Sequence[Organization]) -> list[str]:
    """Who the practices are on their envelopes. Of several under one NPI only the first goes by it.

    A plan that saw two senders under one id would hold the second one's files for their control numbers.
    """
    npis = {practice.npi for practice in practices} - {""}
    rows = Organization.objects.filter(kind=OrganizationKind.PRACTICE, npi__in=npis)
    first = dict(rows.order_by("-id").values_list("npi", "id"))
    return [
        f"ORG{practice.pk}"
        if first.get(practice.npi, practice.pk) != practice.pk
        else practice.npi or practice.tin or f"ORG{practice.pk}"
        for practice in practices
    ]


def run_day(world: World, day: date, pool: Pool, progress: Progressing) -> None:
    """One day of the cycle: provider sends, plan answers and pays, provider posts, plan reads the answers."""
    send_everything(world, day, pool, progress)
    refresh_statistics()
    take_in_everything(world, day, progress)
    refresh_statistics()
    decide_everything(world, day, progress, pool)
    refresh_statistics()
    pay_everything(world, day, progress)
    refresh_statistics()
    work_inboxes(world, day, pool, progress)
    refresh_statistics()
    take_in_everything(world, day, progress)


def send_everything(world: World, day: date, pool: Pool, progress: Progressing) -> None:
    """Every provider sends the claims that are ready; in the loop the plan takes them in meanwhile."""
    root, plan = str(world.drop), world.plan
    practices = _practices()
    jobs = [(pk, plan.slug, day, root, world.usage) for pk, _ in practices]
    progress.stage(f"{day}: providers send their claims", len(jobs))
    _beside_the_plan(world, day, pool.run(send_claims, jobs, ahead=len(jobs)), practices, progress)


def work_inboxes(world: World, day: date, pool: Pool, progress: Progressing) -> None:
    """Every provider takes and works the files that lie in its folder; the plan reads their answers meanwhile."""
    senders = drop.senders_by_receiver(world.drop)
    practices = [(pk, slug) for pk, slug in _practices() if slug in senders or received_files(pk)]
    jobs = [(pk, slug, day, str(world.drop), senders.get(slug, ())) for pk, slug in practices]
    progress.stage(f"{day}: providers post and answer", len(jobs))
    _beside_the_plan(world, day, pool.run(work_inbox, jobs, ahead=len(jobs)), practices, progress)


def _beside_the_plan(
    world: World,
    day: date,
    results: Iterable[Any],
    practices: Sequence[tuple[int, str]],
    progress: Progressing,
) -> None:
    """While other processes work for the practices, take in what those that are done have sent to the plan.

    The practices are gone through in order, some at a time, and not as they happen to end: the plan's numbers
    and the order of its decisions are the same in every run.
    """
    senders: list[str] = []
    for _, (_, slug) in zip(results, practices, strict=True):
        progress.step()
        senders.append(slug)
        if len(senders) == FILES_AT_ONCE:
            for _ in _take_in(world, day, senders):
                pass
            senders = []


def _practices() -> list[tuple[int, str]]:
    return list(
        Organization.objects.filter(kind=OrganizationKind.PRACTICE)
        .order_by("id")
        .values_list("id", "slug")
    )


def send_claims(organization_id: int, plan_slug: str, day: date, root: str, usage: str) -> int:
    """Write the provider's ready claims into 837 files and deliver them; returns how many files."""
    with tenant_in_one_piece(organization_id):
        partner = Partner.objects.filter(slug=plan_slug).first()
        if partner is not None:
            claims.submit_ready_claims(partner=partner, submit_on=day, usage=usage)
        for further, claim_ids in claims.ready_for_next_payers():
            claims.submit_ready_claims(partner=further, submit_on=day, claim_ids=claim_ids)
    return drop.deliver_queued(Path(root), organization_id=organization_id)


def work_inbox(
    organization_id: int, slug: str, day: date, root: str, senders: Sequence[str] | None = None
) -> int:
    """Collect what waits (from these senders), apply 999 and 277CA, post 835s, answer them; returns how many files."""
    folder = Path(root)
    drop.collect_waiting(
        folder, slug, organization_id=organization_id, received_on=day, senders=senders
    )
    worked = work_received(organization_id, day)
    drop.deliver_queued(folder, organization_id=organization_id)
    return worked


def work_received(organization_id: int, day: date) -> int:
    """Work the provider's received files and post what is open, some files in one transaction with their payments.

    A payment that the practice wants to look at first is left to a person. Where posting fails, each payment posts in
    a transaction of its own, so that one that cannot be posted stops no other; the first one's error is raised when the
    others are done.
    """
    worked = 0
    while True:
        try:
            with tenant_in_one_piece(organization_id):
                count = _work_provider_files(day)
                standing = remittances.standing_rules()
                for remittance_id in remittances.open_remittance_ids():
                    remittances.post_by_itself(remittance_id, posted_on=day, standing=standing)
        except (CleanclaimError, DatabaseError):
            count = _work_and_post_singly(organization_id, day)
        worked += count
        if count < FILES_AT_ONCE:
            return worked


def _work_and_post_singly(organization_id: int, day: date) -> int:
    with tenant_in_one_piece(organization_id):
        count = _work_provider_files(day)
        remittance_ids = remittances.open_remittance_ids()
        standing = remittances.standing_rules()
    errors: list[CleanclaimError | DatabaseError] = []
    for remittance_id in remittance_ids:
        try:
            with tenant_in_one_piece(organization_id):
                remittances.post_by_itself(remittance_id, posted_on=day, standing=standing)
        except (CleanclaimError, DatabaseError) as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return count


def _work_provider_files(day: date) -> int:
    """Work some of the files that wait; how many."""
    files = exchange.lock_received_files(_received_ids()[:FILES_AT_ONCE])
    done = [file.pk for file in files if _work_provider_file(file, day)]
    exchange.mark_all_processed(dict.fromkeys(done, PROCESSED))
    return len(files)


def received_files(organization_id: int) -> list[int]:
    """Files that were received and not yet worked, oldest first."""
    with tenant(organization_id):
        return _received_ids()


def _received_ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state.file_id FROM exchange_filestate AS state "
            "JOIN exchange_messagefile AS file ON file.id = state.file_id "
            "WHERE state.state = 'received' AND file.direction = 'in' ORDER BY state.file_id"
        )
        return [row[0] for row in cursor.fetchall()]


def work_provider_file(organization_id: int, file_id: int, day: date) -> None:
    """Apply one received file in one transaction. A payment in it posts later, in one of its own."""
    with tenant(organization_id):
        file = exchange.lock_received_file(file_id)
        if file is not None and _work_provider_file(file, day):
            exchange.mark_processed(file.pk)


def _work_provider_file(file: MessageFile, day: date) -> bool:
    """Apply the file; whether the caller is to mark it processed, with others of its transaction."""
    if file.kind == Kind.REMITTANCE:
        received = remittances.receive_remittances(file, received_on=day)
        if received.is_refused:
            exchange.mark_refused(file.pk, reason=received.faults[0])
            return False
    elif file.kind in (Kind.SYNTAX, Kind.INTERCHANGE, Kind.CLAIM_ANSWER):
        _apply_acknowledgements(file)
    else:
        exchange.mark_refused(file.pk, reason=f"a {file.kind} is not expected here")
        return False
    return True


def _apply_acknowledgements(file: MessageFile) -> None:
    for interchange in read_traded(content_in(file)).interchanges:
        for answer in interchange.answers:
            claims.apply_interchange_answer(answer, file=file)
        for group in interchange.groups:
            for message in group.messages:
                if message.is_accepted and message.name == "999":
                    claims.apply_syntax_acknowledgement(message.acknowledgement(), file=file)
                elif message.is_accepted and message.name == "277CA":
                    claims.apply_claim_acknowledgement(message.claim_acknowledgement(), file=file)


def take_in_everything(world: World, day: date, progress: Progressing) -> None:
    """The plan collects and works every waiting file, some in one transaction, and delivers its answers."""
    progress.stage(
        f"{day}: the plan takes files in", len(drop.waiting(world.drop, world.plan.slug))
    )
    for count in _take_in(world, day):
        progress.step(count)


def _take_in(world: World, day: date, senders: Sequence[str] | None = None) -> Iterator[int]:
    """Collect what (these) senders have put down, work all that waits, deliver the answers; tells how many files."""
    plan = world.plan
    drop.collect_waiting(
        world.drop, plan.slug, organization_id=plan.pk, received_on=day, senders=senders
    )
    waiting = received_files(plan.pk)
    for start in range(0, len(waiting), FILES_AT_ONCE):
        some = waiting[start : start + FILES_AT_ONCE]
        work_plan_files(plan.pk, some, day)
        yield len(some)
    drop.deliver_queued(world.drop, organization_id=plan.pk)


def work_plan_files(plan_id: int, file_ids: Sequence[int], day: date) -> None:
    """Take some files in, in one transaction: claims become cases, answers to our 835s are noted."""
    with tenant_in_one_piece(plan_id):
        _work_plan_files(exchange.lock_received_files(file_ids), day)


def work_plan_file(plan_id: int, file_id: int, day: date) -> None:
    """As `work_plan_files`, for one file whose failure must not stop the others."""
    with tenant(plan_id):
        _work_plan_files(exchange.lock_received_files([file_id]), day)


def _work_plan_files(files: Sequence[MessageFile], day: date) -> None:
    answers = [file for file in files if file.kind == Kind.SYNTAX]
    if others := [file for file in files if file.kind != Kind.SYNTAX]:
        intake.take_in_files(others, received_on=day)
    disbursements.apply_syntax_acknowledgements(
        [
            (message.acknowledgement(), file)
            for file in answers
            for interchange in read_traded(content_in(file)).interchanges
            for group in interchange.groups
            for message in group.messages
            if message.is_accepted and message.name == "999"
        ]
    )
    exchange.mark_all_processed({file.pk: PROCESSED for file in answers})


def decide_everything(
    world: World, day: date, progress: Progressing, pool: Pool | None = None
) -> None:
    """The plan decides every received case, some thousands a transaction; with a pool, families side by side."""
    parts = pool.processes if pool else 1
    progress.stage(f"{day}: the plan decides", parts)
    if pool and parts > 1:
        groups = [list(range(part, FAMILY_GROUPS, parts)) for part in range(parts)]
        for _ in pool.run(decide_families, [(world.plan.pk, some, day) for some in groups]):
            progress.step()
    while True:
        with tenant_in_one_piece(world.plan.pk):
            counts = adjudication.adjudicate_cases(decided_on=day, limit=CASES_AT_ONCE)
        if counts.total == 0:
            break
    progress.step()


def decide_families(plan_id: int, groups: Sequence[int], day: date) -> int:
    """Decide the received cases of some groups of families; returns how many."""
    decided = 0
    while True:
        with tenant_in_one_piece(plan_id):
            counts = adjudication.adjudicate_families(groups, decided_on=day, limit=CASES_AT_ONCE)
        if counts.total == 0:
            return decided
        decided += counts.total


def pay_everything(world: World, day: date, progress: Progressing) -> None:
    """A check run over everything decided, released at once, and its 835s delivered."""
    progress.stage(f"{day}: the plan pays", 1)
    with tenant_in_one_piece(world.plan.pk):
        run = disbursements.prepare_check_run(pay_on=day)
        if run.line_count:
            disbursements.release_check_run(run.pk)
    drop.deliver_queued(world.drop, organization_id=world.plan.pk)
    progress.step()
