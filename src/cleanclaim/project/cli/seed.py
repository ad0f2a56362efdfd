"""`cleanclaim seed`: invented claims, as an 837P file or as a big practice in a home."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cleanclaim.kernel.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `seed`."""
    parser.add_argument("--claims", type=int, required=True, metavar="N", help="how many claims")
    parser.add_argument("--file", type=Path, metavar="OUT", help="write them to this 837P file")
    parser.add_argument("--seed", type=int, default=7, help="same number, same claims (default 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Write the file, or fill a practice of the home."""
    if args.claims < 1:
        raise InputError(f"--claims {args.claims}: expected 1 or more")
    if args.file is not None:
        from cleanclaim.project.seed.file import write_claim_file

        size = write_claim_file(args.file, args.claims, seed=args.seed)
        found = {"file": str(args.file), "claims": args.claims, "bytes": size}
    else:
        from cleanclaim.project.home import home_path
        from cleanclaim.project.setup import open_django

        is_new = not (home_path(args.home) / "home.toml").exists()
        with open_django(args.home, kind="demo" if is_new else None, role="worker") as home:
            if home.kind == "production":
                raise InputError("this is a production home: invented claims stay out of it")
            from cleanclaim.project.seed.practice import seed_practice

            found = seed_practice(home, args.claims, seed=args.seed)
    if args.json:
        print(json.dumps(found))
    else:
        print(", ".join(f"{name} {value}" for name, value in found.items()))
    return 0
