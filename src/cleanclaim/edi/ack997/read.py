"""From a walked 997 to the same value as a 999 gives: AK3, AK4, AK5 are IK3, IK4, IK5 without the guide's codes."""

from cleanclaim.edi.ack999.codes import OUTCOME, level, words
from cleanclaim.edi.fields import Elements, at, whole
from cleanclaim.values.acknowledgement import (
    MessageAnswer,
    Outcome,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk


def read_functional_acknowledgement(result: Walk) -> SyntaxAcknowledgement:
    """The whole message."""
    root = tree.whole(result)
    rows = {elements[0]: elements for elements in root.segments}
    group, summary = rows.get("AK1", ["AK1"]), rows.get("AK9", ["AK9"])
    return SyntaxAcknowledgement(
        functional_id=at(group, 1),
        group_control_number=at(group, 2),
        guide=at(group, 3),
        outcome=OUTCOME.get(at(summary, 1), Outcome.REJECTED),
        sets_included=whole(at(summary, 2)),
        sets_received=whole(at(summary, 3)),
        sets_accepted=whole(at(summary, 4)),
        codes=tuple(code for code in summary[5:] if code),
        messages=tuple(_message(block, result.delimiters.component) for block in root.blocks),
    )


def _message(block: Block, component: str) -> MessageAnswer:
    head, last = block.segments[0], block.segments[-1]
    result: Elements = last if last[0] == "AK5" else ["AK5"]
    outcome = OUTCOME.get(at(result, 1), Outcome.REJECTED)
    findings: list[SyntaxFinding] = []
    for child in block.blocks:
        findings += _findings(child, component, is_error=outcome is not Outcome.WITH_ERRORS)
    codes = tuple(code for code in result[2:] if code)
    return MessageAnswer(at(head, 1), at(head, 2), at(head, 3), outcome, codes, tuple(findings))


def _findings(block: Block, component: str, *, is_error: bool) -> list[SyntaxFinding]:
    ak3 = block.segments[0]
    tag, position, loop, code = at(ak3, 1), whole(at(ak3, 2)), at(ak3, 3), at(ak3, 4)
    found = []
    for ak4 in block.segments[1:]:
        element, part, repeat = [*at(ak4, 1).split(component), "", ""][:3]
        code = at(ak4, 3)
        found.append(
            SyntaxFinding(
                level("IK403", code), "IK403", code, words("IK403", code), position, loop, tag, whole(element),
                whole(part), whole(repeat), at(ak4, 4), is_error,
            )
        )  # fmt: skip
    if found:
        return found
    return [
        SyntaxFinding(
            level("IK304", code),
            "IK304",
            code,
            words("IK304", code),
            position,
            loop,
            tag,
            is_error=is_error,
        )
    ]
