"""Sixty days of the demo practice's claims: visits, injections, and the few that go wrong."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from cleanclaim.kernel.money import total
from cleanclaim.project.demo.cast import DOCTORS, PRACTICE, SEED, Patient
from cleanclaim.project.loop.world import PLAN_NAME, PLAN_SENDER_ID
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Payer

PAYER = Payer(name=PLAN_NAME, payer_id=PLAN_SENDER_ID)
VISITS = (("99213", "125.00"), ("99214", "185.00"), ("99203", "210.00"), ("G0439", "175.00"))
EXTRAS = (
    ("G0444", "32.00"),
    ("J3420", "24.75"),
    ("J1100", "12.00"),
    ("G0008", "30.00"),
    ("Q2035", "28.40"),
    ("A4253", "55.00"),
)
NEEDS_AUTHORIZATION = ("97799", "640.00")
HIGH_DOLLAR = ("K0861", "6450.00")
DIAGNOSES = ("I10", "E119", "J069", "E785", "Z0000", "N390", "K219", "F419", "R0789", "M1711")


def make_week(patients: Sequence[Patient], *, first: date, days: int, week: int) -> list[Claim]:
    """The claims of `days` days from `first`, about seven a working day."""
    random = Random(SEED + week)
    claims: list[Claim] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        if day.weekday() < 5:
            claims += [_visit(random, patients, day, week, len(claims) + n) for n in range(7)]
    return claims + _odd_ones(claims, first)


def _visit(random: Random, patients: Sequence[Patient], day: date, week: int, number: int) -> Claim:
    patient = random.choice(patients)
    services = [random.choice(VISITS)]
    services += random.sample(EXTRAS, random.choice((0, 0, 1, 1, 2)))
    chance = random.random()
    if chance < 0.04:
        services.append(NEEDS_AUTHORIZATION)
    elif chance < 0.05:
        services = [HIGH_DOLLAR]
    codes = random.sample(DIAGNOSES, random.choice((1, 2, 3)))
    lines = tuple(
        ServiceLine(
            number=place,
            procedure=Procedure(code),
            charge=Decimal(price),
            quantity=Decimal(1),
            service_from=day,
            pointers=(1,),
            control_number=f"{week:02d}{number:04d}{place}",
        )
        for place, (code, price) in enumerate(services, 1)
    )
    is_self = patient.dependent is None
    return Claim(
        control_number=f"H-{week:02d}{number:03d}",
        charge=total(line.charge for line in lines),
        place_of_service="11",
        billing=PRACTICE,
        subscriber=Subscriber(
            person=patient.subscriber,
            payer_order="P",
            relationship="18" if is_self else "",
            group_number="COASTAL",
            filing_indicator="CI",
        ),
        payer=PAYER,
        lines=lines,
        patient=patient.dependent,
        patient_relationship="" if is_self else "19",
        diagnoses=tuple(Diagnosis(c, "ABF" if n else "ABK") for n, c in enumerate(codes)),
        providers=(random.choice(DOCTORS),),
    )


def _odd_ones(claims: Sequence[Claim], first: date) -> list[Claim]:
    """One claim sent twice by mistake, one far too late, one correction that names no original."""
    if len(claims) < 10:
        return []
    twice = replace(claims[2], control_number=claims[2].control_number + "B")
    old = first - timedelta(days=420)
    late = replace(
        claims[4],
        control_number=claims[4].control_number + "L",
        lines=tuple(replace(line, service_from=old) for line in claims[4].lines),
    )
    lost = replace(claims[6], control_number=claims[6].control_number + "C", frequency_code="7")
    return [twice, late, lost]
