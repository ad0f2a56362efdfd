"""Units of a message written as text: `[2300] CLM*...` opens a loop, two blanks of indent a level, no guide needed."""

import re
from textwrap import dedent

from cleanclaim.wire.x12.tree import Block

_LINE = re.compile(r"( *)(?:\[([A-Z0-9]+)\] )?(.+)")


def paths(text: str, leaf: str) -> list[list[Block]]:
    """The paths to each `leaf` loop, outermost block first; leaves are not kept by their parents."""
    stack: list[Block] = []
    found: list[list[Block]] = []
    lines = [line for line in dedent(text).splitlines() if line.strip()]
    for position, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line.rstrip().rstrip("~"))
        assert match, line
        depth, loop, elements = len(match[1]) // 2, match[2], match[3].split("*")
        if loop is None:
            del stack[depth + 1 :]
            stack[-1].segments.append(elements)
            stack[-1].positions.append(position)
            continue
        del stack[depth:]
        assert len(stack) == depth, line
        block = Block(loop, position, [elements], positions=[position])
        stack.append(block)
        if loop == leaf:
            found.append([*stack])
        elif depth:
            stack[-2].blocks.append(block)
    return found or [stack[:1]]
