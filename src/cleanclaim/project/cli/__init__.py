"""The command line: `cleanclaim COMMAND ...` (DESIGN section 8).

Each sub-command is one module of this package with `add_arguments(parser)` and `run(args) -> int`.
Only the module of the command that was asked for is imported, so `--help` and the pure commands
stay quick and need no Django.

Exit 0 = done and clean, 1 = done with findings, 2 = could not be done (one line on stderr says why).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from cleanclaim import __version__
from cleanclaim.kernel.errors import CleanclaimError

# name, module, one line of help. Keep in the order a newcomer would meet them.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("demo", "cleanclaim.project.cli.demo", "an invented world: one whole cycle, proof, workbench"),
    ("serve", "cleanclaim.project.cli.serve", "serve the workbench of a home"),
    ("loop", "cleanclaim.project.cli.loop", "claim files through the whole cycle, and the proof"),
    (
        "x12",
        "cleanclaim.project.cli.x12",
        "check, answer, read, show, compare and redact X12 files",
    ),
    ("proof", "cleanclaim.project.cli.proof", "recompute every ledger from its legs"),
    (
        "post",
        "cleanclaim.project.cli.post",
        "835 remittances onto open claims: simulate, then post",
    ),
    (
        "reconcile",
        "cleanclaim.project.cli.reconcile",
        "a bank statement against the remittances whose money is awaited",
    ),
    (
        "payments",
        "cleanclaim.project.cli.payments",
        "payers' payments that are awaited; a virtual card that paid one, a stop and reissue",
    ),
    (
        "days",
        "cleanclaim.project.cli.held_days",
        "payments whose day cannot be meant; a person's word on it",
    ),
    (
        "entity-cash",
        "cleanclaim.project.cli.entity_cash",
        "what each legal entity has on its accounts of money",
    ),
    (
        "repeats",
        "cleanclaim.project.cli.repeats",
        "payments that came again: two persons say that one is another payment",
    ),
    (
        "rules",
        "cleanclaim.project.cli.rules",
        "what is posted how and by itself, and what limits mean: proposed by one, in force by two",
    ),
    ("key", "cleanclaim.project.cli.key", "a paper EOB as a CSV table, keyed and posted"),
    (
        "owes",
        "cleanclaim.project.cli.owes",
        "who owes what of a claim, line by line, and what may be billed now",
    ),
    (
        "aging",
        "cleanclaim.project.cli.aging",
        "open items by age as of any day, tied to the books",
    ),
    (
        "aging-review",
        "cleanclaim.project.cli.aging_review",
        "an aging looked through group by group, and signed",
    ),
    (
        "kpi",
        "cleanclaim.project.cli.kpi",
        "measures of the money desk, with numerator and denominator",
    ),
    (
        "opening",
        "cleanclaim.project.cli.opening",
        "take balances over from a former system, tied to its trial balance",
    ),
    (
        "close",
        "cleanclaim.project.cli.close",
        "a month's checklist, roll-forward, journal, and the auditor's population",
    ),
    (
        "receipts",
        "cleanclaim.project.cli.receipts",
        "patients' money: take it, apply it, book that it came back",
    ),
    (
        "credits",
        "cleanclaim.project.cli.credits",
        "what is owed back, to whom, why and by when",
    ),
    (
        "refunds",
        "cleanclaim.project.cli.refunds",
        "credits on their way back: prepared, approved, issued in a file, cleared, came back",
    ),
    (
        "writeoff",
        "cleanclaim.project.cli.writeoff",
        "small, old balances: look at what the rule takes, or request it",
    ),
    (
        "adjustments",
        "cleanclaim.project.cli.adjustments",
        "requests that wait; bad debt, its recovery, a payment re-applied, by two persons",
    ),
    (
        "accruals",
        "cleanclaim.project.cli.accruals",
        "a month's estimates: what is due, and what is typed by one and posted by another",
    ),
    (
        "contracts",
        "cleanclaim.project.cli.contracts",
        "contracts with payers, fee schedules, and pharmacy claims with their promise",
    ),
    (
        "variances",
        "cleanclaim.project.cli.variances",
        "what payers promised or agreed to, against what they paid",
    ),
    (
        "true-ups",
        "cleanclaim.project.cli.true_ups",
        "contracts' guarantees and fees by period, and their settlement by two persons",
    ),
    (
        "chances",
        "cleanclaim.project.cli.chances",
        "how likely differences come in when they are asked for: what people set",
    ),
    ("audit", "cleanclaim.project.cli.audit", "prove the audit trail, or seal what is new"),
    (
        "database",
        "cleanclaim.project.cli.database",
        "make a home; start, stop or show its database",
    ),
    ("seed", "cleanclaim.project.cli.seed", "invented claims: as a file, or as a big practice"),
    ("bench", "cleanclaim.project.cli.bench", "measure the loop and the pages; kill the loop"),
    ("token", "cleanclaim.project.cli.token", "make, list or take back keys of the API"),
)

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_NOT_DONE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit status; errors become one line on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = _wanted_command(given)
    if wanted != "x12" and (
        odd := [word for word in given if not word.isascii() and _is_no_text(word)]
    ):
        # The operating system hands such bytes on as halves of characters, which no database keeps.
        print(
            f"cleanclaim {wanted or ''}: argument {ascii(odd[0])[:80]}: expected text in UTF-8",
            file=sys.stderr,
        )
        return EXIT_NOT_DONE
    try:
        parser = _build_parser(wanted)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("cleanclaim"):
            raise
        # The base install is what X12 needs; the system's own packages are an extra.
        words = f"cleanclaim {wanted} needs {error.name}, which is not installed: pip install 'cleanclaim[app]'"
        print(words, file=sys.stderr)
        return EXIT_NOT_DONE
    options = parser.parse_args(given)
    module = importlib.import_module({name: path for name, path, _ in COMMANDS}[options.command])
    try:
        return int(module.run(options))
    except CleanclaimError as error:
        print(f"cleanclaim {options.command}: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_NOT_DONE
    except BrokenPipeError:
        # The reader (`| head`) went away; there is nobody left to tell.
        sys.stderr.close()
        return EXIT_NOT_DONE
    except KeyboardInterrupt:
        print(f"cleanclaim {options.command}: interrupted", file=sys.stderr)
        return EXIT_NOT_DONE


def _is_no_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return True
    return False


class _Once(argparse.Action):
    """Keeps an option's value, and refuses a second one: the first would be left out without a word."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any,
        option_string: str | None = None,
    ) -> None:  # fmt: skip
        """Keep it.

        Raises:
            ArgumentError: it was given before.
        """
        if self.option_strings:
            given: set[str] = getattr(parser, "given", set())
            if self.dest in given:
                raise argparse.ArgumentError(self, "is given twice, expected once")
            given.add(self.dest)
        setattr(namespace, self.dest, values)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; `--help` has the rest. Takes `--home` behind every command and verb."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)
        # SUPPRESS keeps `cleanclaim --home X loop` from being undone by the sub-parser's default.
        self.add_argument(
            "--home",
            type=Path,
            default=argparse.SUPPRESS,
            metavar="DIR",
            help="folder that keeps all state (or CLEANCLAIM_HOME)",
        )

    def parse_known_args(self, *given: Any, **options: Any) -> Any:
        """As ever, with no option given yet."""
        self.given: set[str] = set()
        return super().parse_known_args(*given, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_NOT_DONE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _wanted_command(given: Sequence[str]) -> str | None:
    """The sub-command among the arguments, so that only its module is imported."""
    names = {name for name, _, _ in COMMANDS}
    words = iter(given)
    for word in words:
        if word == "--home":
            next(words, None)
        elif word in names:
            return word
    return None


def _build_parser(wanted: str | None) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cleanclaim", description="Health care claims from charge to zero balance."
    )
    parser.add_argument("--version", action="version", version=f"cleanclaim {__version__}")
    parser.set_defaults(home=None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module_path, summary in COMMANDS:
        sub = commands.add_parser(name, help=summary, description=summary)
        if name == wanted:
            importlib.import_module(module_path).add_arguments(sub)
    return parser
