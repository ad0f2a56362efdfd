"""Apply a set-up mapping to the plan: plans, contracts, fees, members, providers, benefits used, history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DataError

from cleanclaim.apps.payer.adjudication.services import set_options
from cleanclaim.apps.payer.intake.services import load_history
from cleanclaim.apps.payer.members.models import Member
from cleanclaim.apps.payer.members.services import (
    NewMember,
    OpeningUse,
    authorize,
    enroll_members,
    set_opening_use,
)
from cleanclaim.apps.payer.plans.models import BenefitPlan, Contract, PayerProfile
from cleanclaim.apps.payer.plans.services import (
    NewProvider,
    enroll_providers,
    save_contract,
    save_plan,
    set_payer_profile,
)
from cleanclaim.apps.shared.reference.selectors import edition_spans
from cleanclaim.apps.shared.reference.services import Fee, load_fees, load_packed_fees
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.loop.earlier import earlier_claim
from cleanclaim.project.loop.setup_file import (
    amount,
    day,
    dollars,
    items,
    mapping,
    read_setup,
    text,
    word,
)
from cleanclaim.project.loop.world import World
from cleanclaim.rules.benefits.load import plan_from
from cleanclaim.rules.pricing import Contract as ContractTerms
from cleanclaim.rules.pricing.load import contract_from

DEFAULT_WORLD = Path(__file__).with_name("world.yaml")
BEGINNING = date(1990, 1, 1)


@dataclass(frozen=True)
class Defaults:
    """What people and providers get who come without a plan or contract of their own."""

    plan_code: str
    contract_code: str


def apply_setup(world: World, path: Path | None) -> None:
    """Apply the default world on first use, then the file; all of a file or nothing of it.

    Raises:
        InputError: a key or value of the file is wrong; the message names it.
    """
    with tenant(world.plan.pk):
        if not PayerProfile.objects.exists():
            load_packed_fees()
            _apply(read_setup(DEFAULT_WORLD), defaults_of(None))
        if path is None:
            return
        try:
            _apply(read_setup(path), defaults_of(path))
        except DataError as error:
            reason = str(error).split("\n", 1)[0]
            raise InputError(
                f"set-up file {path}: a value is too long or too large ({reason})"
            ) from error
        _check_defaults(defaults_of(path))


def _check_defaults(defaults: Defaults) -> None:
    """Refuse a set-up file whose default plan or contract does not exist."""
    for key, model, code in (
        ("default_plan", BenefitPlan, defaults.plan_code),
        ("default_contract", Contract, defaults.contract_code),
    ):
        if not model.objects.filter(code=code).exists():
            raise InputError(f"set-up file: {key} is {code!r}, and there is none of that code")


def defaults_of(path: Path | None) -> Defaults:
    """The default plan and contract: the set-up file's, where it names them, else the default world's."""
    raw = read_setup(DEFAULT_WORLD) | (read_setup(path) if path else {})
    return Defaults(str(raw["default_plan"]), str(raw["default_contract"]))


def _apply(raw: Mapping[str, Any], defaults: Defaults) -> None:
    valid_from = day(raw, "valid_from", "top", BEGINNING) or BEGINNING
    for fees in items(raw, "fees"):
        _load_fees(fees)
    for item in items(raw, "plans"):
        terms, first, last = _dated(item, "plan", valid_from)
        save_plan(plan_from(terms), valid_from=first, valid_to=last)
    for item in items(raw, "contracts"):
        terms, first, last = _dated(item, "contract", valid_from)
        contract = contract_from(terms)
        _check_schedules(contract)
        save_contract(contract, valid_from=first, valid_to=last)
    _set_profile(raw)
    if options := _options(mapping(raw, "options")):
        set_options(**options)
    enroll_members([_member(item, valid_from, defaults) for item in items(raw, "members")])
    enroll_providers([_provider(item, valid_from, defaults) for item in items(raw, "providers")])
    for item in items(raw, "authorizations"):
        _authorize(item, valid_from)
    _set_used(items(raw, "used"), defaults)
    for key, is_open in (("prior_claims", False), ("open_claims", True)):
        for place, item in enumerate(items(raw, key), 1):
            where = f"{key} {place}"
            claim = earlier_claim(item, where)
            received_on = day(item, "received_on", where, claim.service_to) or BEGINNING
            load_history([claim], received_on=received_on, is_open=is_open)


def _check_schedules(contract: ContractTerms) -> None:
    """Refuse a contract that prices by a fee schedule which nobody has loaded."""
    named = {term.schedule for term in contract.terms if term.schedule}
    missing = sorted(named - {span.edition.name for span in edition_spans("fees", named)})
    if missing:
        raise InputError(
            f"set-up file, contract {contract.code}: there is no fee schedule {missing[0]!r}",
            hint="Give its prices under fees",
        )


def _dated(
    item: Mapping[str, Any], what: str, default: date
) -> tuple[dict[str, Any], date, date | None]:
    where = f"{what} {item.get('code', '?')}"
    first = day(item, "valid_from", where, default) or default
    terms = {key: value for key, value in item.items() if key not in ("valid_from", "valid_to")}
    return terms, first, day(item, "valid_to", where)


def _set_profile(raw: Mapping[str, Any]) -> None:
    given = mapping(raw, "payer")
    fields = {k: v if isinstance(v, bool) else str(v) for k, v in given.items()}
    if not fields:
        return
    known = {field.name for field in PayerProfile._meta.fields} - {"id", "organization"}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise InputError(
            f"set-up file, payer: unknown key {unknown[0]!r}",
            hint=f"Known: {', '.join(sorted(known))}",
        )
    set_payer_profile(**fields)


def _load_fees(item: Mapping[str, Any]) -> None:
    """One edition of a fee schedule: {schedule, release, valid_from, valid_to, rates: {code or code-modifier: dollars}}."""
    name = text(item, "schedule", "fees")
    where = f"fees {name}"
    rates = item.get("rates")
    if not isinstance(rates, dict):
        raise InputError(f"set-up file, {where}: rates are missing, expected code: dollars")
    fees = []
    for key in rates:
        code, _, modifier = str(key).partition("-")
        fees.append(Fee(code=code, amount=dollars(rates, key, where), modifier=modifier))
    load_fees(
        fees,
        name=name,
        release=str(item.get("release", "set-up file")),
        publisher="set-up file",
        licence="the user's own",
        valid_from=day(item, "valid_from", where, BEGINNING) or BEGINNING,
        valid_to=day(item, "valid_to", where),
    )


def _member(item: Mapping[str, Any], valid_from: date, defaults: Defaults) -> NewMember:
    where = f"member {item.get('member_id', '?')}"
    relationship = text(item, "relationship", where, "18")
    if len(relationship) != 2:
        raise InputError(
            f"set-up file, {where}: relationship is {relationship!r}, expected two characters such as "
            '"18" (self), "01" (spouse), "19" (child)'
        )
    return NewMember(
        member_id=text(item, "member_id", where),
        last_name=text(item, "last_name", where),
        first_name=text(item, "first_name", where, ""),
        middle_name=text(item, "middle_name", where, ""),
        born_on=day(item, "born_on", where),
        sex=text(item, "sex", where, ""),
        relationship=relationship,
        group_number=text(item, "group_number", where, ""),
        plan_code=text(item, "plan", where, defaults.plan_code),
        valid_from=day(item, "valid_from", where, valid_from) or valid_from,
        valid_to=day(item, "valid_to", where),
    )


def _provider(item: Mapping[str, Any], valid_from: date, defaults: Defaults) -> NewProvider:
    where = f"provider {item.get('npi', '?')}"
    keys = [
        "taxonomy",
        "pays_by",
        "bank_routing",
        "bank_account",
        "address_line",
        "city",
        "state",
        "zip_code",
        "network",
    ]
    given = {key: str(item[key]) for key in keys if key in item}
    return NewProvider(
        npi=text(item, "npi", where),
        tin=text(item, "tin", where),
        name=text(item, "name", where),
        contract_code=text(item, "contract", where, defaults.contract_code),
        valid_from=day(item, "valid_from", where, valid_from) or valid_from,
        valid_to=day(item, "valid_to", where),
        **given,
    )


def _people(member_id: str, where: str) -> Iterable[Member]:
    found = list(Member.objects.filter(member_id=member_id).order_by("id"))
    if not found:
        raise InputError(f"set-up file, {where}: member {member_id!r} is not enrolled")
    return found


def _authorize(item: Mapping[str, Any], valid_from: date) -> None:
    number = text(item, "number", "authorization")
    where = f"authorization {number}"
    for member in _people(text(item, "member_id", where), where):
        authorize(
            member,
            number=number,
            valid_from=day(item, "valid_from", where, valid_from) or valid_from,
            valid_to=day(item, "valid_to", where),
            procedure_code=text(item, "code", where, ""),
            provider_npi=text(item, "provider_npi", where, ""),
            units=amount(item, "units", where) if "units" in item else None,
        )


def _set_used(found: Iterable[Mapping[str, Any]], defaults: Defaults) -> None:
    """Benefits used so far: {member_id, year, deductible, out_of_pocket, family_..., plan, first_name}."""
    openings = []
    for item in found:
        where = f"used {item.get('member_id', '?')}"
        family = {
            key: dollars(item, key, where)
            for key in ("family_deductible", "family_out_of_pocket")
            if key in item
        }
        openings.append(
            OpeningUse(
                member_id=text(item, "member_id", where),
                plan_code=text(item, "plan", where, defaults.plan_code),
                year=int(amount(item, "year", where)),
                deductible=dollars(item, "deductible", where),
                out_of_pocket=dollars(item, "out_of_pocket", where),
                first_name=text(item, "first_name", where, ""),
                **family,
            )
        )
    if openings:
        set_opening_use(openings, recorded_on=BEGINNING)


def _options(raw: Mapping[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for key, choices in (
        ("original_not_found", ("pend", "deny")),
        ("suspect_duplicate", ("off", "pend", "deny")),
    ):
        if key in raw:
            options[key] = word(raw, key, "options", choices)
    if raw.get("high_dollar") is not None:
        options["high_dollar"] = dollars(raw, "high_dollar", "options")
    return options
