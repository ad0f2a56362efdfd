"""Values from short mappings, for cases and tests: invented people only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.rules.adjudication import (
    Authorization,
    Context,
    Coverage,
    Member,
    Options,
    Original,
    PriorLine,
    ProviderStanding,
)
from cleanclaim.rules.benefits import Used
from cleanclaim.rules.benefits.load import plan_from
from cleanclaim.rules.posting import OpenItem, PayerRule, RuleAction, fill_of
from cleanclaim.rules.pricing import FeeRow, FeeTable, contract_from
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import (
    Claim,
    Diagnosis,
    Drug,
    LineAdjudication,
    OtherCoverage,
    Procedure,
    Purpose,
    ServiceLine,
    Subscriber,
)
from cleanclaim.values.party import Payer, Person, Provider, Reference, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment, ProviderAdjustment

DAY = date(2026, 11, 9)
PAYER = Payer("BLUE HARBOR PPO", "BH001")
BILLING = Provider(Role.BILLING, "HARBOR FAMILY MEDICINE", npi="1234567893", tin="331234567")
ROSA = Person("DELGADO", "ROSA", born_on=date(1971, 3, 4), sex="F", member_id="BH100200300")


def day(value: Any) -> date | None:
    """A day given as a date, an ISO text or nothing."""
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def adjustments(rows: Sequence[Sequence[Any]]) -> tuple[Adjustment, ...]:
    """Rows of [group, reason, amount]."""
    return tuple(Adjustment(Group(g), str(r), Decimal(str(a))) for g, r, a in rows)


def line(number: int, raw: Mapping[str, Any]) -> ServiceLine:
    """A service line; `code` and `charge` are the least it takes."""
    code, *modifiers = str(raw.get("code", "")).split("-")
    return ServiceLine(
        number=number,
        procedure=Procedure(code, tuple(modifiers), raw.get("qualifier", "HC")),
        charge=Decimal(str(raw["charge"])),
        quantity=Decimal(str(raw.get("units", 1))),
        service_from=day(raw.get("day", DAY)),
        service_to=day(raw.get("until")),
        unit=raw.get("unit", "UN"),
        place_of_service=raw.get("place", ""),
        pointers=tuple(raw.get("pointers", (1,))),
        is_emergency=raw.get("emergency", False),
        control_number=raw.get("control_number", f"L{number}"),
        authorization_number=raw.get("authorization", ""),
        adjudications=tuple(adjudication(code, a) for a in raw.get("prior", ())),
        drug=drug(code, raw) if "drug" in raw else None,
        revenue_code=raw.get("revenue", ""),
        non_covered=Decimal(raw["non_covered"]) if "non_covered" in raw else None,
    )


def drug(ndc: str, raw: Mapping[str, Any]) -> Drug:
    """The drug of a line, with what the pharmacy knows of it."""
    own = raw["drug"]
    awp = None if own.get("awp") is None else Decimal(str(own["awp"]))
    return Drug(
        own.get("ndc", ndc),
        Decimal(str(raw.get("units", 1))),
        "UN",
        str(own.get("prescription", "")),
        kind=own.get("kind", ""),
        awp=awp,
        fill_number=own.get("fill"),
    )


def adjudication(code: str, raw: Mapping[str, Any]) -> LineAdjudication:
    """What an earlier payer did with a line."""
    return LineAdjudication(
        payer_id=raw.get("payer", "FIRST"),
        paid=Decimal(str(raw["paid"])),
        procedure=Procedure(code),
        quantity=Decimal(1),
        adjustments=adjustments(raw.get("adjustments", ())),
        paid_on=day(raw.get("day")),
    )


def other_coverage(raw: Mapping[str, Any]) -> OtherCoverage:
    """An earlier payer on the claim."""
    return OtherCoverage(
        subscriber=Subscriber(ROSA, raw.get("order", "P")),
        payer=Payer("FIRST PAYER", raw.get("payer", "FIRST")),
        paid=None if raw.get("paid") is None else Decimal(str(raw["paid"])),
        adjustments=adjustments(raw.get("adjustments", ())),
        paid_on=day(raw.get("day")),
        patient_owes=None if raw.get("patient") is None else Decimal(str(raw["patient"])),
    )


def claim(raw: Mapping[str, Any]) -> Claim:
    """A claim; `lines` is the least it takes."""
    lines = tuple(line(n, item) for n, item in enumerate(raw["lines"], start=1))
    charge = raw.get("charge")
    billing = replace(BILLING, npi=raw.get("npi", BILLING.npi), tin=raw.get("tin", BILLING.tin))
    return Claim(
        control_number=raw.get("control_number", "HFM-1"),
        charge=sum((item.charge for item in lines), Decimal("0.00"))
        if charge is None
        else Decimal(str(charge)),
        place_of_service=raw.get("place", "11"),
        billing=billing,
        subscriber=Subscriber(
            replace(ROSA, member_id=raw.get("member_id", ROSA.member_id)), raw.get("order", "P")
        ),
        payer=PAYER,
        lines=lines,
        purpose=Purpose(raw.get("purpose", "CH")),
        frequency_code=str(raw.get("frequency", "1")),
        assignment=raw.get("assignment", "A"),
        benefits_assigned=raw.get("benefits_assigned", "Y"),
        diagnoses=tuple(
            Diagnosis(d, raw.get("diagnosis_list", "ABK" if n == 0 else "ABF"))
            for n, d in enumerate(raw.get("diagnoses", ("M1711",)))
        ),
        other_coverages=tuple(other_coverage(o) for o in raw.get("others", ())),
        authorization_number=raw.get("authorization", ""),
        original_payer_number=raw.get("original_number", ""),
    )


PLAN = {
    "code": "PPO",
    "name": "Blue Harbor PPO",
    "edition": "Blue Harbor PPO 2026",
    "coinsurance": 20,
}
FEES = {"99214": "132.00", "20610": "136.00", "99213": "100.00", "80053": "12.00"}
CONTRACT = {
    "code": "HFM",
    "name": "Harbor Family Medicine",
    "edition": "HFM contract 2026",
    "terms": [
        {"method": "fee_schedule", "schedule": "demo", "codes": list(FEES)},
        {"method": "percent_of_charge", "rate": 80},
    ],
}


def fee_table(schedules: Mapping[str, Mapping[str, Any]]) -> FeeTable:
    """Fees of several schedules: {name: {code: dollars}}."""
    return FeeTable(
        FeeRow(name, code, Decimal(str(fee)), f"{name} 2026", date(2026, 1, 1))
        for name, fees in schedules.items()
        for code, fee in fees.items()
    )


def context(raw: Mapping[str, Any] | None = None) -> Context:
    """A context: a member covered in 2026, a contract with the fees above, nothing used yet."""
    raw = raw or {}
    member = None
    if raw.get("member", True):
        spans = raw.get("covered", [["2026-01-01", None]])
        plan = plan_from({**PLAN, **raw.get("plan", {})})
        member = Member(
            ROSA.member_id,
            tuple(Coverage(plan, day(start) or DAY, day(end)) for start, end in spans),
        )
    contract = {**CONTRACT, **raw.get("contract", {})}
    fees = {**FEES, **raw.get("fees", {})}
    options = raw.get("options", {})
    received_on = day(raw.get("received_on", "2026-11-12")) or DAY
    return Context(
        member=member,
        contract=contract_from(contract) if raw.get("contracted", True) else None,
        fees=FeeTable(
            FeeRow("demo", code, Decimal(str(fee)), "demo fees 2026", date(2026, 1, 1))
            for code, fee in fees.items()
        ),
        received_on=received_on,
        decided_on=received_on,
        provider=ProviderStanding(
            raw.get("provider_known", True), day(raw.get("provider_excluded_from"))
        ),
        used={
            int(year): Used(*(Decimal(str(amount)) for amount in amounts))
            for year, amounts in raw.get("used", {}).items()
        },
        prior_lines=tuple(prior_line(item) for item in raw.get("prior_lines", ())),
        authorizations=tuple(
            Authorization(
                a["number"],
                frozenset(map(str, a.get("codes", ()))),
                day(a["from"]) or DAY,
                day(a.get("to")),
                None if a.get("units") is None else Decimal(str(a["units"])),
            )
            for a in raw.get("authorizations", ())
        ),
        original=Original(**raw["original"]) if raw.get("original") else None,
        options=Options(
            original_not_found=options.get("original_not_found", "pend"),
            suspect_duplicate=options.get("suspect_duplicate", "off"),
            high_dollar=Decimal(str(options["high_dollar"])) if "high_dollar" in options else None,
            released=frozenset(options.get("released", ())),
            manual_prices={
                int(n): Decimal(str(v)) for n, v in options.get("manual_prices", {}).items()
            },
        ),
    )


def prior_line(raw: Mapping[str, Any]) -> PriorLine:
    """A line that was paid or is in process."""
    code, *modifiers = str(raw.get("code", "")).split("-")
    return PriorLine(
        raw.get("claim", "PAID-1"),
        raw.get("number", 1),
        day(raw.get("day", DAY)),
        code,
        tuple(modifiers),
        Decimal(str(raw.get("units", 1))),
        Decimal(str(raw["charge"])),
        raw.get("billing", BILLING.npi),
    )


def items(made: Claim, bucket: str = "payer:1", balance: str | None = None) -> tuple[OpenItem, ...]:
    """One open item per line of the claim."""
    return tuple(
        OpenItem(
            item_id=100 + each.number,
            line_number=each.number,
            claim_id=7,
            patient_id=3,
            procedure=each.procedure.code,
            modifiers=each.procedure.modifiers,
            charge=each.charge,
            bucket=bucket,
            balances={} if balance is None else {bucket: Decimal(balance)},
            service_from=each.service_from,
            control_number=each.control_number,
            prescription_number=fill_of(each).prescription,
            fill_number=fill_of(each).number,
            ndc=fill_of(each).ndc,
        )
        for each in made.lines
    )


def _paid_procedure(item: Mapping[str, Any]) -> Procedure:
    """SVC01; the hyphens of an NDC part no modifiers off."""
    if item.get("qualifier") == "N4":
        return Procedure(item["code"], (), "N4")
    return Procedure(*_procedure(item["code"]), item.get("qualifier", "HC"))


def payment(raw: Mapping[str, Any]) -> ClaimPayment:
    """A claim payment; `lines` with code, charge, paid, adjustments."""
    lines = tuple(
        LinePayment(
            procedure=_paid_procedure(item),
            charge=Decimal(str(item["charge"])),
            paid=Decimal(str(item["paid"])),
            service_from=day(item.get("day", DAY)),
            adjustments=adjustments(item.get("adjustments", ())),
            allowed=None if item.get("allowed") is None else Decimal(str(item["allowed"])),
            remark_codes=tuple(item.get("remarks", ())),
            line_control_number=item.get("control_number", ""),
            submitted=Procedure(*_procedure(item["billed"])) if "billed" in item else None,
            references=tuple(Reference(*one) for one in item.get("references", ())),
        )
        for item in raw.get("lines", ())
    )
    claim_level = adjustments(raw.get("adjustments", ()))
    charge = raw.get("charge", sum((item.charge for item in lines), Decimal("0.00")))
    paid = raw.get("paid", sum((item.paid for item in lines), Decimal("0.00")))
    every = [*claim_level, *(a for item in lines for a in item.adjustments)]
    owed = sum((a.amount for a in every if a.group is Group.PATIENT), Decimal("0.00"))
    return ClaimPayment(
        control_number=raw.get("number", "HFM-1"),
        status_code=str(raw.get("status", "1")),
        charge=Decimal(str(charge)),
        paid=Decimal(str(paid)),
        patient_responsibility=Decimal(raw["patient"]) if "patient" in raw else owed,
        filing_indicator=raw.get("filing", "12"),
        payer_control_number="BH-ICN-1",
        lines=lines,
        adjustments=claim_level,
    )


def payer_rules(rows: Sequence[Mapping[str, Any]]) -> tuple[PayerRule, ...]:
    """A practice's posting rules in force: `pattern` and `action` are the least each takes."""
    return tuple(
        PayerRule(
            rule_id=number,
            payer_id=0,
            pattern=row["pattern"],
            action=RuleAction(row["action"]),
            valid_from=DAY,
            account=row.get("account", ""),
            limit=Decimal(str(row.get("limit", "0.00"))),
            note=row.get("note", ""),
        )
        for number, row in enumerate(rows, start=1)
    )


def plb(rows: Sequence[tuple[str, str, Decimal]]) -> tuple[ProviderAdjustment, ...]:
    """Provider adjustments of (reason, reference, amount)."""
    return tuple(ProviderAdjustment("1234567893", DAY, *row) for row in rows)


def _procedure(text: str) -> tuple[str, tuple[str, ...]]:
    code, *modifiers = str(text).split("-")
    return code, tuple(modifiers)
