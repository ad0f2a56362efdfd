"""What we answer to the claims of an 837: a 277CA as a pure function of claims, findings and a policy."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cleanclaim.edi.answers import DEFAULT, Policy, concerns_claim
from cleanclaim.edi.claim_numbers import claim_place
from cleanclaim.edi.claims.values import Batch
from cleanclaim.edi.received import ReceivedMessage
from cleanclaim.edi.units import UNITS
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import (
    ClaimAcknowledgement,
    ClaimStatus,
    ProviderStatus,
    SyntaxFinding,
)
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Provider
from cleanclaim.wire.x12.tree import Block, leaves

_CLAIMS = ("837P", "837I", "837D")
_ACCEPTED = {"A1": ("19", "PR"), "A2": ("20", "PR")}
_UNPROCESSABLE = ("A3", "21", "")  # an error of syntax or guide says no more than this
_MOST_WORDS = 264  # STC12
# What stands above a claim, and the loops that belong to it: an error there is one of every claim below.
_ABOVE = {
    "2000A": frozenset({"2000A", "2010AA", "2010AB", "2010AC"}),
    "2000B": frozenset({"2000B", "2010BA", "2010BB"}),
    "2000C": frozenset({"2000C", "2010CA"}),
}


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with everything found about it, its provider, subscriber and patient included."""

    claim: Claim
    findings: tuple[SyntaxFinding, ...]


def judged_claims(message: ReceivedMessage) -> Iterator[JudgedClaim]:
    """Each claim of an 837 whose segments were kept, with the findings about it and the levels above it.

    Raises:
        InputError: the message is no 837 that we know, its segments were not kept, or it has more errors than its
            findings list, so that nobody knows which claims are free of them.
    """
    walked = message.walked
    if walked is None or message.name not in _CLAIMS:
        raise InputError(f"message {message.control_number} is no claim message with its segments")
    if message.unlisted_errors:
        raise InputError(
            f"message {message.control_number} has {message.unlisted_errors:,} errors more than are listed: its claims "
            "cannot be answered one by one",
            hint="Refuse the whole message",
        )
    reader = UNITS[message.name]
    located = sorted(((claim_place(f), n, f) for n, f in enumerate(message.findings) if f.position))
    own = [at for at in located if concerns_claim(at[-1])]
    above = [at for at in located if not concerns_claim(at[-1])]
    for path in leaves(walked, reader.leaf):
        claim = reader.read(path, walked.delimiters)
        assert isinstance(claim, Claim)
        yield JudgedClaim(claim, tuple(_about(own, above, path)))


_Located = Sequence[tuple[int, int, SyntaxFinding]]  # in the order of the segments


def _about(own: _Located, above: _Located, path: Sequence[Block]) -> Iterator[SyntaxFinding]:
    """The findings about a claim and the levels above it, by segment.

    Args:
        own: those that lie in claims.
        above: all others.
    """
    for block, below in pairwise(path):
        loops = _ABOVE.get(block.id, frozenset())
        for finding in _between(above, block.position, below.position):
            if finding.loop in loops:
                yield finding
    yield from _between(own, path[-1].position, _end(path[-1]) + 1)


def _between(located: _Located, first: int, end: int) -> list[SyntaxFinding]:
    rows = located[bisect_left(located, (first, -1)) : bisect_left(located, (end, -1))]
    return [finding for _, _, finding in rows]


def _end(block: Block) -> int:
    while block.blocks:
        block = block.blocks[-1]
    return block.positions[-1]


def claim_status(
    judged: JudgedClaim, policy: Policy = DEFAULT, *, payer_control_number: str = ""
) -> ClaimStatus:
    """The answer to one claim: accepted, or rejected for its first error by position."""
    claim = judged.claim
    errors = [f for f in judged.findings if f.is_error and f.level in policy.claim_levels]
    category, status, entity = (policy.accepted, *_ACCEPTED[policy.accepted])
    words = ""
    if errors:
        category, status, entity = _because(errors[0])
        words = _in_words(errors[0])
    first, last = claim.service_from, claim.service_to
    patient = claim.patient_person
    return ClaimStatus(
        control_number=claim.control_number,
        category=category,
        status=status,
        charge=claim.charge,
        entity=entity,
        payer_control_number="" if errors else payer_control_number,
        clearinghouse_number=claim.clearinghouse_number,
        service_from=first,
        service_to=None if last == first else last,
        message=words,
        patient_last_name=patient.last_name,
        patient_first_name=patient.first_name,
        member_id=claim.subscriber.person.member_id,
    )


def _because(finding: SyntaxFinding) -> tuple[str, str, str]:
    if not finding.status:
        return _UNPROCESSABLE
    category, status, entity = [*finding.status.split(":"), ""][:3]
    return category, status, entity


def _in_words(finding: SyntaxFinding) -> str:
    """Where and what, without the value: it may be somebody's. Colons would move the file's usual separators."""
    element = f"{finding.element:02d}" if finding.element else ""
    place = f"{finding.loop} {finding.segment}{element}"
    return f"{place} {finding.message}".replace(":", ",")[:_MOST_WORDS]


def claim_acknowledgement(
    claims: Iterable[JudgedClaim],
    *,
    batch: Batch,
    payer_name: str,
    payer_id: str,
    received_on: date,
    processed_on: date,
    policy: Policy = DEFAULT,
) -> ClaimAcknowledgement:
    """The 277CA to one 837 message: accepted and rejected claims by billing provider, in the order they came."""
    return by_provider(
        ((judged.claim.billing, claim_status(judged, policy)) for judged in claims),
        batch=batch,
        payer_name=payer_name,
        payer_id=payer_id,
        received_on=received_on,
        processed_on=processed_on,
    )


def by_provider(
    statuses: Iterable[tuple[Provider, ClaimStatus]],
    *,
    batch: Batch,
    payer_name: str,
    payer_id: str,
    received_on: date,
    processed_on: date,
) -> ClaimAcknowledgement:
    """The 277CA of these statuses, each with its claim's billing provider, in the order they came."""
    providers: dict[tuple[str, str, str], list[ClaimStatus]] = {}
    for billing, status in statuses:
        key = (billing.npi, billing.tin, billing.full_name)
        providers.setdefault(key, []).append(status)
    return ClaimAcknowledgement(
        payer_name=payer_name,
        payer_id=payer_id,
        submitter_name=batch.submitter.name,
        submitter_id=batch.submitter.identifier,
        batch_reference=batch.reference,
        received_on=received_on,
        processed_on=processed_on,
        providers=tuple(
            ProviderStatus(npi, tin, name, tuple(claims))
            for (npi, tin, name), claims in providers.items()
        ),
    )
