"""`cleanclaim x12 check FILE… [--levels 1-5] [--json]`."""

import argparse
import json
import re
import sys
from pathlib import Path

from cleanclaim.edi import check
from cleanclaim.edi.checks import RULES, PartnerRules, parse_partner
from cleanclaim.edi.received import Received
from cleanclaim.edi.report import as_record, in_words, is_clean, located
from cleanclaim.kernel.errors import CleanclaimError, InputError
from cleanclaim.kernel.words import counted

_LEVELS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files and levels."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="X12, gzip or zip; - is standard input"
    )
    parser.add_argument(
        "--levels",
        type=levels,
        default=frozenset({1, 2, 3, 4, 5}),
        metavar="L",
        help="SNIP types, such as 1-3 or 1,2,5 (default 1-5)",
    )
    parser.add_argument(
        "--partner",
        type=Path,
        metavar="RULES",
        help="the partner's own rules (level 7), a list in JSON or YAML; see docs/edi-partner-rules.md",
    )
    parser.add_argument(
        "--grade",
        action="append",
        type=grade,
        default=[],
        metavar="CHECK=GRADE",
        help="error, warning or off for one check of `x12 rules`; may be given again",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, one a file")


def grade(text: str) -> tuple[str, str]:
    """`npi=error` as a pair.

    Raises:
        argparse.ArgumentTypeError: there is no such check or grade.
    """
    name, _, wanted = text.partition("=")
    if name not in RULES:
        raise argparse.ArgumentTypeError(
            f"{name!r}: no such check; `cleanclaim x12 rules` lists them"
        )
    if wanted not in ("error", "warning", "off"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected error, warning or off behind the =")
    return name, wanted


STANDARD_INPUT = Path("-")


def read_partner(path: Path) -> PartnerRules:
    """The rules in a JSON or YAML file.

    Raises:
        InputError: it cannot be read, or a rule is not one.
    """
    try:
        text = path.read_text(encoding="utf-8")
        rows = json.loads(text) if path.suffix == ".json" else _from_yaml(text)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ImportError as error:
        raise InputError(f"{path}: YAML needs PyYAML; give JSON (.json) instead") from error
    except ValueError as error:
        raise InputError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}: expected a list of rules")
    return parse_partner(path.stem, rows)


def _from_yaml(text: str) -> object:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def levels(text: str) -> frozenset[int]:
    """`1-3,5` as a set.

    Raises:
        argparse.ArgumentTypeError: it is not one.
    """
    if not _LEVELS.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected levels from 1 to 7, such as 1-3 or 1,2,5"
        )
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def run(args: argparse.Namespace) -> int:
    """0 = all accepted, 1 = something rejected or of error grade, 2 = a file could not be read."""
    worst = 0
    partner = read_partner(args.partner) if args.partner else None
    wanted = args.levels | {7} if partner is not None else args.levels
    for path in args.files:
        source = sys.stdin.buffer if path == STANDARD_INPUT else path
        try:
            received = check(source, levels=wanted, partner=partner, grades=dict(args.grade))
        except (CleanclaimError, OSError) as error:
            worst = 2
            _say_unreadable(path, error, as_json=args.json)
            continue
        worst = max(worst, 0 if is_clean(received) else 1)
        if args.json:
            print(json.dumps(as_record(str(path), received), ensure_ascii=False))
        else:
            _say(path, received)
    return worst


def _say_unreadable(path: Path, error: Exception, *, as_json: bool) -> None:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    print(f"cleanclaim x12 check: {path}: {words}", file=sys.stderr)
    if as_json:
        nothing: dict[str, object] = {"transactions": [], "findings": []}
        print(json.dumps({"file": str(path), "accepted": False, "error": words, **nothing}))


def _say(path: Path, received: Received) -> None:
    messages = list(received.messages)
    refused = sum(not m.is_accepted for m in messages)
    found = list(located(received))
    errors = sum(at.finding.is_error for at in found)
    verdict = "accepted" if received.is_accepted else "rejected"
    kinds = ", ".join(sorted({m.name or m.kind or "?" for m in messages})) or "no message"
    print(
        f"{path}: {verdict}: {counted(len(messages), 'message')} ({kinds}), {refused} rejected, "
        f"{counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}"
    )
    for at in found:
        print(f"  {in_words(at)}")
