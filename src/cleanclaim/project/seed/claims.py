"""Invented professional claims, one at a time, the same for the same seed.

Codes are public Level II numbers, plus a few widely known visit numbers as structure; no descriptions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from cleanclaim.kernel.money import total
from cleanclaim.project.seed.people import make_address, make_npi, make_person
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Contact, Payer, Person, Provider, Role

CLAIMS_PER_PROVIDER = 40
PRICES: tuple[tuple[str, str], ...] = (
    ("99213", "125.00"),
    ("99214", "185.50"),
    ("G0439", "175.00"),
    ("G0444", "31.20"),
    ("J1100", "12.00"),
    ("J3420", "24.75"),
    ("A4253", "55.00"),
    ("G0008", "30.00"),
    ("Q2035", "28.40"),
    ("20610", "210.00"),
)
DIAGNOSES = ("I10", "E119", "J069", "E785", "Z0000", "N390", "K219", "F419", "R0789", "M1711")


PAYER = Payer(name="Coastal Alliance Health Plan", payer_id="CAHP1")


@dataclass(frozen=True)
class Scene:
    """What all claims of a file share."""

    seed: int = 7
    first_service: date = date(2025, 1, 6)
    service_days: int = 300
    claims_per_provider: int = CLAIMS_PER_PROVIDER
    created_on: date = date(2025, 11, 3)  # of the file: the day of receipt
    payer: Payer = PAYER
    patients: int = (
        0  # whose claims they are, in turns of chance; 0: every claim has a patient of its own
    )


def make_claims(count: int, scene: Scene) -> Iterator[Claim]:
    """Yield `count` claims; the order of random draws is part of the contract."""
    random = Random(scene.seed)
    for number in range(count):
        yield _make_claim(random, number, scene)


def _make_claim(random: Random, number: int, scene: Scene) -> Claim:
    holder, patient = _make_family(random, scene)
    day = scene.first_service + timedelta(days=random.randrange(scene.service_days))
    lines = tuple(
        _make_line(random, place, day, f"{scene.seed}-{number}-{place}")
        for place in range(1, random.choice((1, 2, 3, 3, 3, 4, 5)) + 1)
    )
    codes = random.sample(DIAGNOSES, random.choice((2, 3, 4)))
    return Claim(
        control_number=f"CC{scene.seed:02d}{number:08d}",
        charge=total(line.charge for line in lines),
        place_of_service=random.choice(("11", "22", "11")),
        billing=make_billing_provider(number // scene.claims_per_provider),
        subscriber=Subscriber(
            person=holder,
            payer_order="P",
            relationship="18" if patient is None else "",
            group_number="GRP0042",
            filing_indicator="CI",
        ),
        payer=scene.payer,
        lines=lines,
        patient=patient,
        patient_relationship="19" if patient else "",
        diagnoses=tuple(
            Diagnosis(code, "ABK" if place == 0 else "ABF") for place, code in enumerate(codes)
        ),
        providers=(
            Provider(
                Role.RENDERING,
                last_name="Mensah",
                first_name="Ada",
                is_person=True,
                npi=make_npi(5_000_000 + random.randrange(500)),
                taxonomy="207R00000X",
            ),
        ),
        clearinghouse_number=f"D{scene.seed:02d}{number:010d}",
    )


def _make_family(random: Random, scene: Scene) -> tuple[Person, Person | None]:
    """The holder of a policy, and the dependent whose claim it is, if any."""
    if scene.patients:
        random = Random(random.randrange(scene.patients))
    member_id = f"C{random.randrange(10**8, 10**9)}"
    holder = make_person(random, member_id=member_id, youngest=1998)
    return holder, _dependent(random, holder) if random.random() < 0.3 else None


def _dependent(random: Random, holder: Person) -> Person:
    child = make_person(random, member_id="", oldest=2008, youngest=2024)
    return Person(
        last_name=holder.last_name,
        first_name=child.first_name,
        born_on=child.born_on,
        sex=child.sex,
        address=holder.address,
    )


def _make_line(random: Random, number: int, day: date, control: str) -> ServiceLine:
    code, price = random.choice(PRICES)
    units = random.choice((1, 1, 1, 2))
    return ServiceLine(
        number=number,
        procedure=Procedure(code, modifiers=random.choice(((), (), ("25",), ("59",)))),
        charge=Decimal(price) * units,
        quantity=Decimal(units),
        service_from=day,
        pointers=random.choice(((1,), (1, 2), (2,))),
        control_number=control,
    )


def make_billing_provider(number: int) -> Provider:
    """The `number`-th invented practice."""
    random = Random(number)
    return Provider(
        Role.BILLING,
        last_name=f"Bayline Family Practice {number}",
        npi=make_npi(2_000_000 + number),
        tin=f"{310_000_000 + number}",
        taxonomy="207Q00000X",
        address=make_address(random),
        contact=Contact(name="Front Desk", channels=(("TE", "8315550100"),)),
    )
