"""What we answer to an interchange: pure functions of its findings."""

from cleanclaim.edi.guides import FUNCTIONAL_IDS
from cleanclaim.edi.received import ReceivedGroup, ReceivedInterchange, ReceivedMessage
from cleanclaim.values.acknowledgement import MessageAnswer, Outcome, SyntaxAcknowledgement

_MOST_CODES = 5


def syntax_acknowledgements(interchange: ReceivedInterchange) -> tuple[SyntaxAcknowledgement, ...]:
    """One 999 per functional group; none for groups of acknowledgements, none if the TA1 rejects all."""
    if not interchange.is_accepted:
        return ()
    return tuple(
        _acknowledge(group)
        for group in interchange.groups
        if group.functional_id != "FA" and group.control_number
    )


def _acknowledge(group: ReceivedGroup) -> SyntaxAcknowledgement:
    answers = tuple(_answer(message) for message in group.messages)
    received = len(answers)
    accepted = sum(message.is_accepted for message in group.messages)
    codes = _codes(group)
    if codes or (received and not accepted) or not received:
        outcome = Outcome.REJECTED
        accepted = 0
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
        sets_included=received,
        sets_received=received,
        sets_accepted=accepted,
        codes=codes,
        messages=answers,
    )


def _codes(group: ReceivedGroup) -> tuple[str, ...]:
    codes = [f.code for f in group.findings if f.carrier == "AK905" and f.is_error]
    if not group.is_supported:
        codes.append("2" if group.functional_id in FUNCTIONAL_IDS else "1")
    return tuple(dict.fromkeys(codes))[:_MOST_CODES]


def _answer(message: ReceivedMessage) -> MessageAnswer:
    codes = [f.code for f in message.findings if f.carrier == "IK502" and f.is_error]
    # Check digits and code sets (SNIP 4 and up) are answered claim by claim in a 277CA.
    located = [f for f in message.findings if f.carrier in ("IK304", "IK403") and f.level <= 3]
    refusing = [f for f in located if f.is_error]
    if any(not f.code.startswith("I") for f in refusing):
        codes.append("5")
    elif refusing:
        codes.append("I5")
    if not message.is_accepted:
        outcome = Outcome.REJECTED
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
        tuple(located),
    )
