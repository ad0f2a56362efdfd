"""`cleanclaim demo`: a whole invented world, one cycle of the loop, the proof, and the workbench."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cleanclaim.project.cli import serve
from cleanclaim.project.setup import close_connections, open_database, start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `demo`."""
    parser.add_argument("--once", action="store_true", help="do not serve; exit 0 if proved 0.00")
    parser.add_argument("--port", type=int, default=serve.PORT, help=f"port (default {serve.PORT})")


def run(args: argparse.Namespace) -> int:
    """Build the demo on first use, prove it, then serve it."""
    path = args.home or _default_home()
    if not args.once:
        serve.refuse_taken_port(serve.LOOPBACK, args.port)
    with open_database(path, kind="demo") as (home, urls):
        start_django(home, urls, role="worker")
        from django.utils import timezone

        from cleanclaim.apps.shared.audit.sealing import heads_folder, seal_all
        from cleanclaim.project.demo.build import build_demo, is_built
        from cleanclaim.project.demo.cast import DESKS
        from cleanclaim.project.loop.pool import Pool
        from cleanclaim.project.loop.progress import make_progress
        from cleanclaim.project.loop.report import make_report, print_report
        from cleanclaim.project.loop.world import open_world

        with make_progress(is_quiet=not sys.stderr.isatty()) as progress:
            if not is_built(home):
                build_demo(home, timezone.localdate(), progress)
            seal_all(heads_folder(home.path))
            with Pool(home, 1) as pool:
                report = make_report(open_world(home), [], pool)
        close_connections()
        print_report(report)
        if not args.once:
            print(f"\nSign in at http://localhost:{args.port} as")
            for person in DESKS:
                print(f"  {person.name:<14} {person.role}")
            serve.serve(home, urls, port=args.port)
        return 0 if report.proof.holds else 1


def _default_home() -> Path | None:
    """A folder of the demo's own, so that it never meets a production home."""
    if os.environ.get("CLEANCLAIM_HOME"):
        return None
    data = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(data) / "cleanclaim-demo"
