"""What we answer to an interchange: pure functions of its findings and of a policy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from cleanclaim.edi.claim_numbers import claim_place
from cleanclaim.edi.guides import FUNCTIONAL_IDS
from cleanclaim.edi.received import ReceivedGroup, ReceivedInterchange, ReceivedMessage
from cleanclaim.values.acknowledgement import (
    Context,
    MessageAnswer,
    Outcome,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.wire.x12.elements import is_digits

_MOST_CODES = 5
_CLAIM_LOOPS = ("23", "24")  # every loop of an 837 from the claim (2300) inwards begins so


class Refuse(StrEnum):
    """What one refusing error takes with it: its functional group, its message, or only its claim."""

    GROUP = "group"
    MESSAGE = "message"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Policy:
    """How hard we are with errors.

    Attributes:
        refuse: what an error takes with it. `CLAIM` spares the message for errors inside a claim of an 837: they
            are answered by a 277CA, and the 999 accepts with errors. Other messages have no smaller part to refuse.
        message_levels: levels whose errors refuse a message. None: 1 and 2 of an 837, 1 to 3 of all others.
        claim_levels: levels whose errors refuse a claim in a 277CA.
        accepted: the category of an accepted claim: A2 (taken into adjudication) or A1 (received and passed on).
    """

    refuse: Refuse = Refuse.MESSAGE
    message_levels: frozenset[int] | None = None
    claim_levels: frozenset[int] = frozenset({1, 2, 3, 4, 5, 6, 7})
    accepted: str = "A2"

    def levels_of(self, kind: str) -> frozenset[int]:
        """The levels that refuse a message of this ST01."""
        if self.message_levels is not None:
            return self.message_levels
        return frozenset({1, 2}) if kind == "837" else frozenset({1, 2, 3})


DEFAULT = Policy()


def syntax_acknowledgements(
    interchange: ReceivedInterchange, policy: Policy = DEFAULT
) -> tuple[SyntaxAcknowledgement, ...]:
    """One 999 per functional group; none for groups of acknowledgements, none if the TA1 rejects all."""
    if not interchange.is_accepted:
        return ()
    return tuple(
        _acknowledge(group, policy)
        for group in interchange.groups
        if group.functional_id != "FA" and group.control_number
    )


def is_refused(message: ReceivedMessage, policy: Policy = DEFAULT) -> bool:
    """Whether an error of the message's own refuses it under the policy."""
    if not message.name:
        return not message.is_accepted
    levels = policy.levels_of(message.kind)
    return any(
        f.is_error and f.level in levels and not _spares(message, f, policy)
        for f in message.findings
    )


def concerns_claim(finding: SyntaxFinding) -> bool:
    """Whether the finding lies inside a claim of an 837."""
    return finding.position > 0 and finding.loop.startswith(_CLAIM_LOOPS)


def _spares(message: ReceivedMessage, finding: SyntaxFinding, policy: Policy) -> bool:
    is_claim = message.kind == "837" and concerns_claim(finding)
    return is_claim and policy.refuse is Refuse.CLAIM and finding.level in policy.claim_levels


def _acknowledge(group: ReceivedGroup, policy: Policy) -> SyntaxAcknowledgement:
    codes = _codes(group)
    refused = [bool(codes) or is_refused(message, policy) for message in group.messages]
    if policy.refuse is Refuse.GROUP and any(refused):
        refused = [True] * len(refused)
    answers = tuple(
        _answer(message, policy, is_refused=is_out)
        for message, is_out in zip(group.messages, refused, strict=True)
    )
    received = len(answers)
    accepted = received - sum(refused)
    if not accepted:
        outcome = Outcome.REJECTED
    elif accepted < received:
        outcome = Outcome.PARTIAL
    elif any(answer.outcome is Outcome.WITH_ERRORS for answer in answers):
        outcome = Outcome.WITH_ERRORS
    else:
        outcome = Outcome.ACCEPTED
    return SyntaxAcknowledgement(
        functional_id=group.functional_id,
        group_control_number=group.control_number,
        guide=group.guide,
        outcome=outcome,
        sets_included=_included(group),
        sets_received=received,
        sets_accepted=accepted,
        codes=codes,
        messages=answers,
    )


def _included(group: ReceivedGroup) -> int:
    """How many messages the sender says there are (GE01); where it does not say, those that came."""
    told = [f.value for f in group.findings if (f.segment, f.element, f.code) == ("GE", 1, "5")]
    return (
        int(told[0]) if told and is_digits(told[0]) and len(told[0]) <= 6 else len(group.messages)
    )


def _codes(group: ReceivedGroup) -> tuple[str, ...]:
    codes = [f.code for f in group.findings if f.carrier == "AK905" and f.is_error]
    if not group.is_supported:
        codes.append("2" if group.functional_id in FUNCTIONAL_IDS else "1")
    return tuple(dict.fromkeys(codes))[:_MOST_CODES]


def _answer(message: ReceivedMessage, policy: Policy, *, is_refused: bool) -> MessageAnswer:
    # Situations, check digits and code sets (SNIP 4 and up) are answered claim by claim in a 277CA, unless the policy
    # refuses messages for them.
    shown = {1, 2, 3} | policy.levels_of(message.kind)
    codes = [
        f.code for f in message.findings if f.carrier == "IK502" and f.is_error and f.level in shown
    ]
    located = [f for f in message.findings if f.carrier in ("IK304", "IK403") and f.level in shown]
    refusing = [f for f in located if f.is_error]
    if any(not f.code.startswith("I") for f in refusing):
        codes.append("5")
    elif refusing:
        codes.append("I5")
    if is_refused:
        outcome = Outcome.REJECTED
        # A message that goes with its group has no error of its own, yet a refusal has to have a code.
        codes = codes or ["I5"]
    elif located:
        outcome = Outcome.WITH_ERRORS
    else:
        outcome = Outcome.ACCEPTED
    return MessageAnswer(
        message.kind,
        message.control_number,
        message.guide,
        outcome,
        tuple(dict.fromkeys(codes))[:_MOST_CODES],
        tuple(_with_claims(message, located)),
    )


def _with_claims(message: ReceivedMessage, located: list[SyntaxFinding]) -> Iterator[SyntaxFinding]:
    """The findings, each within a claim with the claim's number (CTX)."""
    for finding in located:
        number = message.claim_numbers.get(claim_place(finding), "")
        if number and concerns_claim(finding):
            yield replace(finding, contexts=(Context((("CLM01", number),)),))
        else:
            yield finding
