"""A claim out of a set-up file: what a member had before, paid or still in process."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import total
from cleanclaim.project.loop.setup_file import amount, check_keys, day, dollars, text
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Payer, Person, Provider, Role

DEFAULT_DIAGNOSIS = "R69"  # illness, unspecified: history needs no better one


def earlier_claim(item: Mapping[str, Any], where: str) -> Claim:
    """The claim of one entry: {member_id, last_name, first_name, born_on, billing_npi, billing_tin, lines: [...]}.

    Raises:
        InputError: a key is missing or wrong; the message names it.
    """
    raw_lines = item.get("lines")
    if not isinstance(raw_lines, list) or not raw_lines:
        raise InputError(f"set-up file, {where}: lines are missing, expected at least one")
    lines = tuple(_line(raw, number, where) for number, raw in enumerate(raw_lines, 1))
    return Claim(
        control_number=text(item, "control_number", where, where.upper().replace(" ", "-")),
        charge=total(line.charge for line in lines),
        place_of_service=text(item, "place_of_service", where, "11"),
        billing=Provider(
            Role.BILLING,
            last_name=text(item, "billing_name", where, "EARLIER PROVIDER"),
            npi=text(item, "billing_npi", where, ""),
            tin=text(item, "billing_tin", where, ""),
        ),
        subscriber=Subscriber(
            person=Person(
                last_name=text(item, "last_name", where, ""),
                first_name=text(item, "first_name", where, ""),
                born_on=day(item, "born_on", where),
                member_id=text(item, "member_id", where),
            ),
            payer_order="P",
        ),
        payer=Payer(name="", payer_id=""),
        lines=lines,
        diagnoses=(Diagnosis(text(item, "diagnosis", where, DEFAULT_DIAGNOSIS), "ABK"),),
    )


def _line(raw: Any, number: int, where: str) -> ServiceLine:
    place = f"{where}, line {number}"
    if not isinstance(raw, dict):
        raise InputError(f"set-up file, {place}: expected keys and values")
    check_keys(raw, "lines", place)
    service_from: date | None = day(raw, "service_from", place)
    if service_from is None:
        raise InputError(f"set-up file, {place}: service_from is missing")
    return ServiceLine(
        number=number,
        procedure=Procedure(
            text(raw, "code", place), modifiers=tuple(map(str, raw.get("modifiers") or ()))
        ),
        charge=dollars(raw, "charge", place),
        quantity=amount(raw, "units", place, "1"),
        service_from=service_from,
        service_to=day(raw, "service_to", place),
    )
