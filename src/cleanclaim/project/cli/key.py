"""`cleanclaim key FILE`: a paper EOB as a CSV table, keyed and posted like one typed in; or only shown."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.project.cli.organizations import the_biller

if TYPE_CHECKING:
    from cleanclaim.apps.billing.keying.csv_file import Problem, Sheet
    from cleanclaim.apps.billing.remittances.plans import RemittancePlan


@dataclass(slots=True)
class Done:
    """What became of one check. `stop`: why it was not posted; `problems`: rows that cannot be right."""

    number: str
    amount: str
    batch_id: int = 0
    remittance_id: int = 0
    posted: int = 0
    held: list[str] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    stop: str = ""
    problems: list[Problem] = field(default_factory=list)


class _TakeBack(Exception):
    """Ends a transaction whose work is only looked at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, whose, and whether to post."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a CSV table, see docs/howto-paper-eob.md"
    )
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)")
    parser.add_argument(
        "--simulate", action="store_true", help="show what posting does, post nothing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Key and post each check of the file, each whole or not at all; 1 where one was not posted, or a claim is held."""
    from cleanclaim.project.setup import open_django

    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise InputError(f"{args.file}: {error.strerror}") from error
    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.billing.keying.csv_file import read_sheets

        sheets, problems = read_sheets(data)
        for one in problems:
            print(f"{args.file}, {one.place}: {one.message}", file=sys.stderr)
        if problems:
            return 1
        practice = the_biller(args.organization)
        done = [_key(practice, sheet, simulate=args.simulate) for sheet in sheets]
    _tell(args, done)
    return 0 if done and not any(one.stop or one.problems or one.held for one in done) else 1


def _key(practice: int, sheet: Sheet, *, simulate: bool) -> Done:
    """One check in a transaction of its own, which is taken back where it is only shown or not posted."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    done = Done(sheet.number, f"{sheet.amount:.2f}")
    try:
        with tenant(practice):
            _post(done, sheet, simulate=simulate)
            if simulate or done.problems or done.stop:
                raise _TakeBack
    except _TakeBack:
        done.batch_id = done.remittance_id = 0
    except (InputError, StateError) as error:
        done.stop, done.batch_id, done.remittance_id = str(error), 0, 0
    return done


def _post(done: Done, sheet: Sheet, *, simulate: bool) -> None:
    from django.utils import timezone

    from cleanclaim.apps.billing.keying import services
    from cleanclaim.apps.billing.keying.services.posting import require_zero

    today = timezone.localdate()
    batch, done.problems = services.key_sheet(sheet, by=None)
    if done.problems:
        return
    require_zero(batch)
    plan = services.simulate_batch(batch.pk, posted_on=today)
    _show(done, plan, payer_id=batch.payer_id)
    if simulate or done.stop:
        return
    posted = services.post_batch(batch.pk, posted_on=today, by=None)
    done.batch_id, done.remittance_id, done.posted = batch.pk, posted.remittance_id, posted.posted


def _show(done: Done, plan: RemittancePlan, *, payer_id: int) -> None:
    """The plan's sums by account, its holds and its stop."""
    from cleanclaim.apps.billing.remittances.seals import legs_of

    sums: dict[str, Any] = {}
    for leg in legs_of(plan, payer_id=payer_id):
        sums[leg.account] = sums.get(leg.account, 0) + leg.amount
    done.accounts = {name: f"{sums[name]:.2f}" for name in sorted(sums) if sums[name]}
    done.held = [f"{one.payment.control_number}: {one.plan.hold}" for one in plan.held]
    done.stop = plan.hold


def _tell(args: argparse.Namespace, done: list[Done]) -> None:
    for check in done:
        for one in check.problems:
            print(f"{args.file}, {one.place}: {one.message}", file=sys.stderr)
    if args.json:
        print(
            json.dumps(
                {"simulated": args.simulate, "checks": [_object(one) for one in done]}, indent=2
            )
        )
        return
    for check in done:
        print(
            f"{check.number}  {_money(check.amount):>14}  {_outcome(check, simulated=args.simulate)}"
        )
        for account, amount in check.accounts.items():
            print(f"  {account:<34} {_money(amount):>14}")
        for held in check.held:
            print(f"  held, its cash unapplied: {held}")


def _money(amount: str) -> str:
    return show(Decimal(amount))


def _outcome(check: Done, *, simulated: bool) -> str:
    if check.problems:
        return f"not keyed: {len(check.problems)} rows cannot be right"
    if check.stop:
        return f"not posted: {check.stop}"
    return "would post" if simulated else f"posted as remittance {check.remittance_id}"


def _object(check: Done) -> dict[str, Any]:
    return {
        "number": check.number,
        "amount": check.amount,
        "batch": check.batch_id or None,
        "remittance": check.remittance_id or None,
        "posted_claims": check.posted,
        "held": check.held,
        "accounts": check.accounts,
        "stop": check.stop,
        "problems": [{"place": one.place, "message": one.message} for one in check.problems],
    }
