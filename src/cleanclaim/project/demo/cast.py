"""Who is in the demo: organizations, people at the desks, and 200 invented patients from a fixed seed."""

from dataclasses import dataclass
from datetime import date
from random import Random

from cleanclaim.project.seed.people import make_address, make_person
from cleanclaim.values.party import Contact, Person, Provider, Role

SEED = 20261123
PATIENTS = 200
PRACTICE_NPI, PRACTICE_TIN = "1234567893", "310000001"
PHARMACY_NPI, PHARMACY_TIN = "1999999901", "310000009"

PRACTICE = Provider(
    Role.BILLING,
    last_name="Harbor Family Medicine",
    npi=PRACTICE_NPI,
    tin=PRACTICE_TIN,
    taxonomy="207Q00000X",
    address=make_address(Random(SEED)),
    contact=Contact(name="Front Desk", channels=(("TE", "8315550100"),)),
)
DOCTORS = (
    Provider(
        Role.RENDERING, "Mensah", "Ada", is_person=True, npi="1888888819", taxonomy="207Q00000X"
    ),
    Provider(
        Role.RENDERING, "Lindqvist", "Per", is_person=True, npi="1777777727", taxonomy="207R00000X"
    ),
)


@dataclass(frozen=True)
class DeskPerson:
    """Somebody who signs in at a desk of the demo."""

    email: str
    name: str
    role: str  # a role template's name
    desk: str  # organization: practice, pharmacy, plan


DESKS: tuple[DeskPerson, ...] = (
    DeskPerson("marcus.webb@demo.example", "Marcus Webb", "Practice biller", "practice"),
    DeskPerson("iris.cole@demo.example", "Iris Cole", "Cash poster", "practice"),
    DeskPerson("ruth.adler@demo.example", "Ruth Adler", "Auditor", "practice"),
    DeskPerson("lena.frost@demo.example", "Lena Frost", "Billing lead", "practice"),
    # A month is closed by two leads: one asks, the other approves.
    DeskPerson("omar.reyes@demo.example", "Omar Reyes", "Billing lead", "practice"),
    DeskPerson("dana.ortiz@demo.example", "Dana Ortiz", "Pharmacy biller", "pharmacy"),
    DeskPerson("nora.beck@demo.example", "Nora Beck", "Billing lead", "pharmacy"),
    DeskPerson("priya.nair@demo.example", "Priya Nair", "Claims examiner", "plan"),
    DeskPerson("tom.hale@demo.example", "Tom Hale", "Plan lead", "plan"),
)


@dataclass(frozen=True)
class Patient:
    """A patient: the subscriber, the dependent who is treated (or None), the plan, and the days of cover."""

    subscriber: Person
    dependent: Person | None
    plan_code: str
    is_known: bool
    cover_ends: date | None


def make_patients(today: date) -> list[Patient]:
    """The 200 patients; five are unknown to the plan, six lost their cover 40 days ago."""
    random = Random(SEED)
    return [_make_patient(random, number, today) for number in range(PATIENTS)]


def _make_patient(random: Random, number: int, today: date) -> Patient:
    holder = make_person(random, member_id=f"CA{700000 + number * 37}", youngest=2000)
    child = None
    if random.random() < 0.2:
        young = make_person(random, member_id="", oldest=2009, youngest=2024)
        child = Person(
            last_name=holder.last_name,
            first_name=young.first_name,
            born_on=young.born_on,
            sex=young.sex,
            address=holder.address,
        )
    plan_code = random.choice(("demo-ppo", "demo-ppo", "demo-hmo", "demo-medical"))
    ends = date.fromordinal(today.toordinal() - 40) if number % 33 == 5 else None
    return Patient(holder, child, plan_code, is_known=number % 40 != 11, cover_ends=ends)
