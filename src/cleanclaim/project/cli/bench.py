"""`cleanclaim bench loop | pages | crash | edi | aging | post | proof`: how fast, and what kill -9 does."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleanclaim.project.bench.post_kills import KillReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `bench`."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="WHAT")
    loop = kinds.add_parser("loop", help="claims a second, from a file to the proof")
    loop.add_argument("--claims", type=int, default=20_000, help="how many (default 20,000)")
    loop.add_argument("--file", type=Path, help="use this 837P file instead of invented claims")
    loop.add_argument("--processes", type=int, default=2, help="as in `loop` (default 2)")
    loop.add_argument("--seed", type=int, default=7, help="of the invented claims")
    pages = kinds.add_parser("pages", help="seconds a page, for several users at once")
    pages.add_argument("--users", type=int, default=8, help="at once (default 8)")
    pages.add_argument("--rounds", type=int, default=20, help="times each user opens each page")
    crash = kinds.add_parser("crash", help="kill -9 loop, database, web and worker")
    crash.add_argument("--kills", type=int, default=100, help="how many (default 100)")
    crash.add_argument("--claims", type=int, default=400, help="how many (default 400)")
    crash.add_argument("--seed", type=int, default=7, help="of the moments and the claims")
    edi = kinds.add_parser("edi", help="X12 checked, read and written, beside pyx12")
    edi.add_argument("--claims", type=int, help="how many of each message (default 20,000)")
    edi.add_argument("--quick", action="store_true", help="2,000 of each, within 45 seconds")
    edi.add_argument("--memory", action="store_true", help="peak memory at 1 MB, 100 MB and 1 GB")
    edi.add_argument(
        "--sizes", type=int, nargs="+", default=[1, 10, 100, 1000], metavar="MB", help="of --memory"
    )
    edi.add_argument("--file-837", type=Path, help="use this 837P file instead of invented claims")
    edi.add_argument("--file-835", type=Path, help="use this 835 file instead of invented payments")
    edi.add_argument("--seed", type=int, default=7, help="of the invented claims")
    aging = kinds.add_parser("aging", help="seconds an aging of many open items, as of any day")
    aging.add_argument("--items", type=int, default=1_000_000, help="how many (default 1,000,000)")
    aging.add_argument(
        "--quick", action="store_true", help="plain SQL over all legs only once, not beside each"
    )
    aging.add_argument(
        "--taken-over", type=int, metavar="ITEMS", help="after so many were taken over instead"
    )
    post = kinds.add_parser("post", help="claim payments a second, one 835 onto open claims")
    post.add_argument(
        "--claims", type=int, help="how many (default 100,000; 20 a payment with --kills)"
    )
    post.add_argument("--lines", type=int, default=3, help="of each claim (default 3)")
    post.add_argument("--kills", type=int, help="kill -9 it so often instead of timing it")
    post.add_argument("--seed", type=int, default=7, help="of the invented claims")
    proof = kinds.add_parser("proof", help="seconds that the proof of a large ledger takes")
    proof.add_argument("--legs", type=int, default=10_000_000, help="how many (default 10 million)")
    for one in (loop, pages, crash, edi, aging, post, proof):
        one.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 = measured (and, for crash, nothing lost or doubled), 1 = something was."""
    kinds = {
        "loop": _loop,
        "pages": _pages,
        "crash": _crash,
        "edi": _edi,
        "aging": _aging,
        "post": _post,
        "proof": _proof,
    }
    found, is_clean = kinds[args.kind](args)
    if args.json:
        print(json.dumps(found))
    else:
        width = max(map(len, found))
        for name, value in found.items():
            print(f"{name:<{width}}  {value}")
    return 0 if is_clean else 1


def _loop(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.loop import bench_loop

    speed = bench_loop(args.claims, file=args.file, processes=args.processes, seed=args.seed)
    return speed.as_json(), True


def _post(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    if args.kills:
        from cleanclaim.project.bench.post_kills import (
            FEW_PAYMENTS,
            PAYMENTS_A_WORLD,
            SMALL,
            bench_post_kills,
        )

        claims = args.claims or SMALL
        payments = PAYMENTS_A_WORLD if claims <= SMALL else FEW_PAYMENTS
        report = bench_post_kills(
            kills=args.kills, claims=claims, payments=payments, seed=args.seed, say=_say_kills
        )
        return report.as_json(), report.made == args.kills and not report.problems

    from cleanclaim.project.bench.post import bench_post

    speed = bench_post(args.claims or 100_000, lines=args.lines, seed=args.seed)
    return speed.as_json(), speed.difference == "0.00"


def _say_kills(report: KillReport) -> None:
    print(
        f"{report.made} kills, {report.payments} payments, {report.looks} comparisons, "
        f"{len(report.problems)} differ",
        file=sys.stderr,
        flush=True,
    )


def _proof(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.proof import bench_proof

    return bench_proof(args.legs).as_json(), True


def _edi(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.edi import FULL, QUICK, bench_edi

    if args.memory:
        return _memory(args)
    files = {"837P": args.file_837, "835": args.file_835}
    found = bench_edi(
        claims=args.claims or (QUICK if args.quick else FULL),
        files={name: path for name, path in files.items() if path is not None},
        seed=args.seed,
        say=lambda words: print(words, file=sys.stderr, flush=True),
    )
    return found, True


def _memory(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.edi_memory import bench_memory

    found = bench_memory(
        sizes_mb=args.sizes,
        seed=args.seed,
        say=lambda words: print(words, file=sys.stderr, flush=True),
    )
    return found, bool(found["within_bars"])


def _pages(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.pages import bench_pages

    return bench_pages(args.home, users=args.users, rounds=args.rounds), True


def _aging(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    if args.taken_over:
        from cleanclaim.project.bench.taken_over import bench_taken_over

        return bench_taken_over(args.taken_over)

    from cleanclaim.project.bench.aging import bench_aging

    return bench_aging(args.items, is_quick=args.quick)


def _crash(args: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from cleanclaim.project.bench.crash import bench_crash

    report = bench_crash(kills=args.kills, claims=args.claims, seed=args.seed)
    return report.as_json(), not report.problems
