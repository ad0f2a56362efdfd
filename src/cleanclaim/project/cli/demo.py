"""`cleanclaim demo`: a whole invented world, one cycle of the loop, the proof, and the workbench."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.project.cli import serve
from cleanclaim.project.demo.mark import is_built
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from cleanclaim.project.setup import close_connections, open_database, start_django

if TYPE_CHECKING:
    from cleanclaim.project.loop.report import LoopReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `demo`."""
    parser.add_argument("--once", action="store_true", help="do not serve; exit 0 if proved 0.00")
    parser.add_argument("--port", type=int, default=serve.PORT, help=f"port (default {serve.PORT})")


def run(args: argparse.Namespace) -> int:
    """Build the demo on first use, prove it, and serve it; one that is built is served while it is proved."""
    path = args.home or _default_home()
    if not args.once:
        serve.refuse_taken_port(serve.LOOPBACK, args.port)
    reports: list[LoopReport] = []
    with open_database(path, kind="demo") as (home, urls):

        def prove() -> None:
            if not reports:
                reports.append(_build_and_prove(home, urls, port=None if args.once else args.port))

        if args.once or not is_built(home):
            prove()
        if not args.once:
            serve.serve(home, urls, port=args.port, meanwhile=prove)
    return 0 if reports and reports[0].proof.holds else 1


def _build_and_prove(home: Home, urls: Urls, *, port: int | None) -> LoopReport:
    """The demo's report, told; and who can sign in at the port."""
    start_django(home, urls, role="worker")
    from django.utils import timezone

    from cleanclaim.apps.shared.audit.sealing import heads_folder, seal_all
    from cleanclaim.project.demo.build import build_demo
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
    if port is not None:
        print(f"\nSign in at http://localhost:{port} as")
        print("\n".join(who_signs_in()))
    return report


def who_signs_in() -> list[str]:
    """Name, role and the address that `--by` wants, of everybody at a desk."""
    from cleanclaim.project.demo.cast import DESKS

    return [f"  {one.name:<14} {one.role:<16} {one.email}" for one in DESKS]


def _default_home() -> Path | None:
    """A folder of the demo's own, so that it never meets a production home."""
    if os.environ.get("CLEANCLAIM_HOME"):
        return None
    data = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(data) / "cleanclaim-demo"
