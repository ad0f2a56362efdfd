"""`cleanclaim database create | start | stop | status`: a new home, and the embedded server of one, by hand."""

from __future__ import annotations

import argparse
import json

from cleanclaim.kernel.errors import InputError
from cleanclaim.project import home as homes
from cleanclaim.project import postgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("create", "start", "stop", "status"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do it, and print whether the server runs and where. Only `create` makes a home, a production one."""
    is_new = args.action == "create"
    if is_new and homes.is_home(args.home):
        raise InputError(f"{homes.home_path(args.home)} is a home already")
    home = homes.open_home(args.home, must_exist=not is_new)
    if args.action in ("create", "start"):
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
