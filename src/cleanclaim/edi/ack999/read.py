"""From a walked 999 to a syntax acknowledgement."""

from cleanclaim.edi.ack999.codes import OUTCOME, level, words
from cleanclaim.edi.fields import Elements, at, components, whole
from cleanclaim.values.acknowledgement import (
    Context,
    MessageAnswer,
    Outcome,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk


def read_acknowledgement(result: Walk) -> SyntaxAcknowledgement:
    """The whole message."""
    root = tree.whole(result)
    delimiters = result.delimiters
    group: Elements = ["AK1"]
    summary: Elements = ["AK9"]
    for elements in root.segments:
        if elements[0] == "AK1":
            group = elements
        elif elements[0] == "AK9":
            summary = elements
    return SyntaxAcknowledgement(
        functional_id=at(group, 1),
        group_control_number=at(group, 2),
        guide=at(group, 3),
        outcome=OUTCOME.get(at(summary, 1), Outcome.REJECTED),
        sets_included=whole(at(summary, 2)),
        sets_received=whole(at(summary, 3)),
        sets_accepted=whole(at(summary, 4)),
        codes=tuple(code for code in summary[5:] if code),
        messages=tuple(_message(block, delimiters) for block in root.blocks),
    )


def _message(block: Block, delimiters: Delimiters) -> MessageAnswer:
    head, result = block.segments[0], ["IK5"]
    for elements in block.segments[1:]:
        if elements[0] == "IK5":
            result = elements
    outcome = OUTCOME.get(at(result, 1), Outcome.REJECTED)
    findings: list[SyntaxFinding] = []
    for child in block.blocks:
        findings += _findings(child, delimiters, is_error=outcome is not Outcome.WITH_ERRORS)
    return MessageAnswer(
        at(head, 1),
        at(head, 2),
        at(head, 3),
        outcome,
        tuple(code for code in result[2:] if code),
        tuple(findings),
    )


def _findings(block: Block, delimiters: Delimiters, *, is_error: bool) -> list[SyntaxFinding]:
    ik3 = block.segments[0]
    tag, position, loop, code = at(ik3, 1), whole(at(ik3, 2)), at(ik3, 3), at(ik3, 4)
    contexts = _contexts(block, delimiters)
    if not block.blocks:
        message = words("IK304", code)
        return [
            SyntaxFinding(
                level("IK304", code), "IK304", code, message, position, loop, tag, is_error=is_error,
                contexts=contexts,
            )
        ]  # fmt: skip
    found = []
    for child in block.blocks:
        ik4 = child.segments[0]
        element, part, repeat = ([*at(ik4, 1).split(delimiters.component), "", "", ""])[:3]
        code = at(ik4, 3)
        found.append(
            SyntaxFinding(
                level("IK403", code), "IK403", code, words("IK403", code), position, loop, tag,
                whole(element), whole(part), whole(repeat), at(ik4, 4), is_error,
                contexts=contexts, element_contexts=_contexts(child, delimiters),
            )
        )  # fmt: skip
    return found


def _contexts(block: Block, delimiters: Delimiters) -> tuple[Context, ...]:
    return tuple(_context(e, delimiters) for e in block.segments[1:] if e[0] == "CTX")


def _context(ctx: Elements, delimiters: Delimiters) -> Context:
    repetition, component = delimiters.repetition, delimiters.component
    named = at(ctx, 1).split(repetition) if repetition else [at(ctx, 1)]
    pairs = tuple((name, value) for name, _, value in (text.partition(component) for text in named))
    element, part, repeat = ([*at(ctx, 5).split(component), "", "", ""])[:3]
    references = components(at(ctx, 6), component)
    return Context(
        pairs,
        at(ctx, 2),
        whole(at(ctx, 3)),
        at(ctx, 4),
        whole(element),
        whole(part),
        whole(repeat),
        references,
    )
