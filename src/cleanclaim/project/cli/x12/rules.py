"""`cleanclaim x12 rules [MESSAGE…] [--levels 3-6] [--json]`: the checks by name, with what each expects."""

import argparse
import json

from cleanclaim.edi.checks import RULES, Check
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.x12.check import levels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Messages and levels."""
    parser.add_argument("messages", nargs="*", metavar="MESSAGE", help="such as 837P (default all)")
    parser.add_argument(
        "--levels",
        type=levels,
        default=frozenset(range(2, 8)),
        metavar="L",
        help="SNIP types (2-7)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, one a check")


def run(args: argparse.Namespace) -> int:
    """Always 0.

    Raises:
        InputError: a message that has no checks.
    """
    known = {message for check in RULES.values() for message in check.messages}
    for message in args.messages:
        if message not in known:
            raise InputError(f"{message!r}: expected one of {', '.join(sorted(known))}")
    wanted = set(args.messages) or known
    for check in sorted(RULES.values(), key=lambda c: (c.level, c.name)):
        if check.level in args.levels and wanted & set(check.messages):
            print(json.dumps(_record(check)) if args.json else _line(check))
    return 0


def _record(check: Check) -> dict[str, object]:
    grade = "error" if check.is_error else "warning"
    return {"name": check.name, "level": check.level, "messages": list(check.messages), "loops": list(check.loops),
            "segments": list(check.tags), "grade": grade, "expects": check.says}  # fmt: skip


def _line(check: Check) -> str:
    grade = "error" if check.is_error else "warning"
    return f"L{check.level} {check.name:<26} {grade:<8} {' '.join(check.messages)}: {check.says}"
