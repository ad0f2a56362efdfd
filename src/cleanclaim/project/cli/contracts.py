"""`cleanclaim contracts`: load contracts, fee schedules and pharmacy claims; list what is on record."""

from __future__ import annotations

import argparse
from pathlib import Path

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.words import counted
from cleanclaim.project.cli.days import day
from cleanclaim.project.cli.organizations import organizations

KINDS = ("practice", "pharmacy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb, its file, and whose record it is."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    load = verbs.add_parser("load", help="contracts from YAML: all of the file or nothing")
    load.add_argument("file", type=Path, metavar="FILE.yaml")
    fees = verbs.add_parser("fees", help="a fee schedule from CSV: all of it or nothing")
    fees.add_argument("file", type=Path, metavar="FILE.csv")
    fees.add_argument("--name", required=True, help="the schedule, as terms name it")
    fees.add_argument("--release", required=True, help="this edition of it, such as 2026-Q1")
    fees.add_argument("--from", dest="valid_from", required=True, type=day, metavar="DAY")
    claims = verbs.add_parser(
        "claims", help="pharmacy claims answered at the counter, with their promise, from CSV"
    )
    claims.add_argument("file", type=Path, metavar="FILE.csv")
    listing = verbs.add_parser("list", help="the contracts on record")
    show = verbs.add_parser("show", help="the newest edition of one, as the file that loads it")
    show.add_argument("code", metavar="CODE")
    for verb in (load, fees, claims, listing, show):
        verb.add_argument("--organization", metavar="SLUG", help="whose (slug or id)")


def run(args: argparse.Namespace) -> int:
    """Do it in one database transaction and say what was kept."""
    from cleanclaim.project.setup import open_django

    text = "" if args.verb in ("list", "show") else _read(args.file)
    with open_django(args.home, role="worker", must_exist=True):
        from cleanclaim.apps.shared.outbox.services import dispatch_events
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(_owner(args.organization)):
            print("\n".join(_VERBS[args.verb](args, text)))
        with tenant(_owner(args.organization)):
            dispatch_events()
    return 0


def _owner(wanted: str | None) -> int:
    found = [one for one in organizations(wanted) if one.kind in KINDS]
    if len(found) != 1:
        names = ", ".join(one.slug for one in found) or "none"
        raise InputError(
            f"contracts: {len(found)} practices or pharmacies ({names}), expected one",
            hint="Name it with --organization",
        )
    return found[0].pk


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is no UTF-8 text") from error


def _load(args: argparse.Namespace, text: str) -> list[str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml
    from cleanclaim.apps.billing.contracts.services import keep_document

    told = []
    for raw in read_yaml(text):
        kept = load_contract(raw, on=timezone.localdate())
        told.append(f"{kept.contract.code} {kept.edition}: in force from {kept.valid_from}")
        if raw.get("document"):
            path = args.file.parent / str(raw["document"])
            try:
                content = path.read_bytes()
            except OSError as error:
                raise InputError(f"{path}: {error.strerror}") from error
            keep_document(kept.contract_id, name=path.name, content=content)
    return told


def _fees(args: argparse.Namespace, text: str) -> list[str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.contracts.services import import_fees

    edition = import_fees(
        text,
        name=args.name,
        release=args.release,
        valid_from=args.valid_from,
        on=timezone.localdate(),
    )
    return [f"{edition}: {counted(edition.row_count, 'price')}"]


def _claims(args: argparse.Namespace, text: str) -> list[str]:
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.fills import load_fills

    ids = load_fills(text, on=timezone.localdate())
    return [f"{counted(len(ids), 'pharmacy claim')} open"]


def _list(args: argparse.Namespace, text: str) -> list[str]:
    from cleanclaim.apps.billing.contracts.selectors import contracts, editions_of

    rows = contracts()
    chains = editions_of(rows)
    return [
        f"{row.code}  {row.payer_name}  "
        + ", ".join(f"{one.terms.edition} from {one.valid_from}" for one in chains[row.pk])
        + (f"  ended {row.ended_on}" if row.ended_on else "")
        for row in rows
    ] or ["no contract is on record"]


def _show(args: argparse.Namespace, text: str) -> list[str]:
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.writing import as_yaml

    row = Contract.objects.filter(code=args.code).first()
    if row is None:
        raise InputError(f"contract {args.code!r}: it is not on record", hint="See contracts list")
    return [as_yaml(row).rstrip()]


_VERBS = {"load": _load, "fees": _fees, "claims": _claims, "list": _list, "show": _show}
