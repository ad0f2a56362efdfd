"""`cleanclaim database start | stop | status`: the embedded server of a home, by hand."""

from __future__ import annotations

import argparse
import json

from cleanclaim.project import home as homes
from cleanclaim.project import postgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do it, and print whether the server runs and where."""
    home = homes.open_home(args.home)
    if args.action == "start":
        homes.ensure_database(home, postgres.start(home.path))
    elif args.action == "stop":
        postgres.stop(home.path)
    state = {
        "home": str(home.path),
        "kind": home.kind,
        "database": home.database,
        "running": postgres.is_running(home.path),
    }
    if args.json:
        print(json.dumps(state))
    else:
        print("\n".join(f"{name:9} {value}" for name, value in state.items()))
    return 0
