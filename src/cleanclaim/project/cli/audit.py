"""`cleanclaim audit verify | seal`: prove the audit trail, or seal what is new."""

import argparse
import json
from pathlib import Path

from cleanclaim.project.setup import open_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `audit`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="find edited, deleted, inserted and cut-off events")
    verify.add_argument("--json", action="store_true", help="print one JSON object")
    seal = verbs.add_parser("seal", help="seal the events that are not sealed yet")
    seal.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 = all as it was; 1 = something was tampered with."""
    with open_django(args.home, must_exist=True) as home:
        from cleanclaim.apps.shared.audit.sealing import heads_folder

        heads = heads_folder(home.path)
        return _verify(heads, args.json) if args.verb == "verify" else _seal(heads, args.json)


def _seal(heads: Path, as_json: bool) -> int:
    from cleanclaim.apps.shared.audit.sealing import seal_all

    sealed = seal_all(heads)
    print(json.dumps({"sealed": sealed}) if as_json else f"{sealed:,} events sealed")
    return 0


def _verify(heads: Path, as_json: bool) -> int:
    from cleanclaim.apps.shared.audit.verify import verify_all

    report = verify_all(heads)
    if as_json:
        print(json.dumps(report.as_json()))
    else:
        for problem in report.problems:
            print(f"organization {problem.organization_id}: {problem.kind}: {problem.words}")
        print(
            f"{report.sealed:,} events in {report.blocks:,} blocks checked, "
            f"{report.unsealed:,} not sealed yet, {len(report.problems)} problems"
        )
    return 1 if report.problems else 0
