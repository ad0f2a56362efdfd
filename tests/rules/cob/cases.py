"""How the cases beside the rules of coordination are run."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob import PayerAnswer
from cleanclaim.rules.cob.order import Facts, Kind, rank
from cleanclaim.rules.cob.protection import protection, split
from cleanclaim.rules.cob.responsibility import Benefit, Stage, responsibility
from cleanclaim.values.claim import Claim, Subscriber
from cleanclaim.values.party import Payer
from cleanclaim.values.remittance import ClaimPayment, LinePayment
from tests.rules import make

ON = date(2026, 11, 9)
NEXT_YEAR = date(2027, 1, 4)


def check_order(folder: str, case: Mapping[str, Any]) -> None:
    coverages = []
    for key, raw in enumerate(case["coverages"]):
        more = {**raw, "kind": Kind(raw["kind"])}
        if "holder_birthday" in more:
            more["holder_birthday"] = tuple(more["holder_birthday"])
        coverages.append(Facts(key, **more))

    found = rank(coverages, on=case.get("day", ON))
    turned = rank(coverages[::-1], on=case.get("day", ON))

    names = [f"{coverages[one.key].name} {one.insurance_type}".strip() for one in found.order]
    assert names == case.get("then", [])
    assert len(found.asks) == case.get("asks", 0), found.asks
    assert all(one.words for one in found.order[:-1])
    assert [one.key for one in turned.order] == [one.key for one in found.order]


def check_protection(folder: str, case: Mapping[str, Any]) -> None:
    law = protection(case.get("named", ()), case.get("filing", ()), on=ON)

    found = split(
        Decimal(case["amount"]), law, share_of_cost=Decimal(case.get("share_of_cost", "0"))
    )

    assert {
        "program": law.program if law else "",
        "billable": str(found.billable),
        "protected": str(found.protected),
    } == case["then"]
    assert law is None or law.source


def check_responsibility(folder: str, case: Mapping[str, Any]) -> None:
    claim = make.claim(case)
    law = protection(case.get("named", ()), case.get("filing", ()), on=ON)

    found = responsibility(
        claim,
        [stage(claim, raw) for raw in case["answers"]],
        law=law,
        share_of_cost=Decimal(case["share_of_cost"]) if "share_of_cost" in case else None,
    )

    for line in found.lines:
        assert line.difference == ZERO
        assert line.steps[-1].balance in (line.patient, line.charge)
    sums = {name: str(total(getattr(line, name) for line in found.lines)) for name in case["then"]}
    assert sums == case["then"]
    assert total(payer.disputed for payer in found.payers) == found.disputed


def stage(claim: Claim, raw: Mapping[str, Any]) -> Stage:
    lines = tuple(
        LinePayment(
            line.procedure,
            line.charge,
            Decimal(row["paid"]),
            adjustments=make.adjustments(row["adjustments"]),
            line_control_number=line.control_number,
        )
        for line, row in zip(claim.lines, raw["lines"], strict=True)
    ) if "lines" in raw else ()  # fmt: skip
    whole = raw.get("whole", {})
    paid = ClaimPayment(
        claim.control_number, "1", claim.charge, Decimal(whole["paid"]) if whole else total(p.paid for p in lines),
        ZERO, "12", "I", lines=lines, adjustments=make.adjustments(whole.get("adjustments", ())),
    )  # fmt: skip
    payer = Payer(raw["payer"], raw["payer"])
    who = Subscriber(make.ROSA, "P", filing_indicator=raw.get("filing", ""))
    answer = PayerAnswer(payer, who, (paid,), ON)
    benefits = tuple(
        Benefit(Decimal(raw[name]), on, "271", is_family=name == "family_left")
        for name, on in (("left", ON), ("family_left", ON), ("left_next_year", NEXT_YEAR))
        if name in raw
    )
    codes = [frozenset(raw.get(name, ())) for name in ("denies", "refuses", "paid_patient")]
    return Stage(answer, benefits, *codes)


RUNNERS = {
    "order": check_order,
    "protection": check_protection,
    "responsibility": check_responsibility,
}
