"""`cleanclaim loop FILES…`: claim files through the whole cycle, and the proof."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.days import day
from cleanclaim.project.setup import open_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `loop`."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="837P, 837I and 837D files"
    )
    parser.add_argument(
        "--enroll", action="store_true", help="let the plan know all members and providers first"
    )
    parser.add_argument("--setup", type=Path, metavar="YAML", help="plans, fees, members, history")
    parser.add_argument(
        "--received-on", type=day, metavar="DAY", help="day of receipt (default: the file's GS04)"
    )
    parser.add_argument(
        "--world",
        choices=("test", "demo", "production"),
        help="kind of a new home (default test); an existing home keeps its own",
    )
    parser.add_argument(
        "--processes", type=int, default=2, help="processes for the providers' work (default 2)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the cycle; 0 = clean and 0.00, 1 = a file or claim was rejected or the proof is off."""
    if not args.files and args.setup is None:
        raise InputError("no file given", hint="Name one or more 837 files")
    for path in args.files:
        if path.is_dir():
            raise InputError(f"{path}: is a folder, expected a file", hint="Name its files")
        if not path.is_file():
            raise InputError(f"{path}: no such file")
    kind = args.world or _kind_of(args.home)
    with open_django(args.home, kind=kind, role="worker") as home:
        from cleanclaim.apps.shared.audit.sealing import heads_folder, seal_all
        from cleanclaim.project.loop.progress import make_progress
        from cleanclaim.project.loop.report import print_report, to_json
        from cleanclaim.project.loop.run import LoopRequest, run_loop

        request = LoopRequest(
            files=tuple(args.files),
            enroll=args.enroll,
            setup=args.setup,
            received_on=args.received_on,
            processes=max(1, args.processes),
        )
        with make_progress(is_quiet=args.json or not sys.stderr.isatty()) as progress:
            report = run_loop(home, request, progress)
            seal_all(heads_folder(home.path))
        if args.json:
            print(json.dumps(to_json(report)))
        else:
            print_report(report)
        return 0 if report.is_clean else 1


def _kind_of(path: Path | None) -> str | None:
    """None for an existing home (it keeps its kind), test for a new one."""
    from cleanclaim.project.home import is_home

    return None if is_home(path) else "test"
