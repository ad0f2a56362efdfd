"""`cleanclaim x12 check | ack | read | show | diff | redact | rules`: X12 files, without Django or a database."""

import argparse
import importlib

VERBS: tuple[tuple[str, str], ...] = (
    ("check", "findings by SNIP level; exit 1 where something is rejected or of error grade"),
    ("ack", "write the TA1, 999 and 277CA that answer a file"),
    ("read", "typed values as jsonl, or tables as parquet or csv"),
    ("show", "the segments as indented loops, with the findings in place"),
    ("diff", "what differs between two files, loop by loop"),
    ("redact", "replace every identity, keeping lengths and validity"),
    ("rules", "the checks beyond syntax and guide, by name"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command a verb; each stands in a module of its own."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, summary in VERBS:
        sub = verbs.add_parser(name, help=summary, description=summary)
        _module(name).add_arguments(sub)


def run(args: argparse.Namespace) -> int:
    """Run the verb."""
    return int(_module(args.verb).run(args))


def _module(verb: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"cleanclaim.project.cli.x12.{verb}")
