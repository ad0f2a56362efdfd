"""Invented people and addresses, drawn from a seeded random source: the same seed, the same people."""

from datetime import date, timedelta
from random import Random

from cleanclaim.kernel.ids import npi
from cleanclaim.values.party import Address, Person

LAST_NAMES = [
    "Alvarez",
    "Brandt",
    "Cho",
    "Delgado",
    "Easton",
    "Farah",
    "Grant",
    "Hollis",
    "Ibarra",
    "Jansen",
    "Kerr",
    "Lind",
    "Mensah",
    "Novak",
    "Osei",
    "Park",
    "Quinn",
    "Rowe",
    "Sato",
    "Tran",
    "Udeh",
    "Vega",
    "Webb",
    "Xiong",
    "Young",
    "Zamora",
    "Adeyemi",
    "Baptiste",
    "Castro",
    "Dubois",
]
FIRST_NAMES = [
    "Ana",
    "Boris",
    "Carla",
    "Diego",
    "Eli",
    "Fatima",
    "Grace",
    "Hugo",
    "Ida",
    "Joan",
    "Kofi",
    "Lena",
    "Minh",
    "Nora",
    "Omar",
    "Petr",
    "Rosa",
    "Samir",
    "Tess",
    "Uma",
    "Victor",
    "Wanda",
    "Xenia",
    "Yusuf",
    "Zoe",
    "Amara",
    "Ben",
    "Clara",
    "Daniel",
    "Esther",
]
STREETS = ("Oak Ave", "Harbor Rd", "Mission St", "Lakeshore Dr", "Elm Ct", "Bayline Blvd")
CITIES = (
    ("Santa Cruz", "CA", "950600001"),
    ("Salinas", "CA", "939010001"),
    ("Monterey", "CA", "939400001"),
    ("Watsonville", "CA", "950760001"),
    ("Hollister", "CA", "950230001"),
)


def make_npi(number: int) -> str:
    """An NPI with a right check digit, made from a small number."""
    body = f"1{number % 10**8:08d}"
    return body + npi.check_digit(body)


def make_address(random: Random) -> Address:
    """An invented street in a Californian town."""
    city, state, zip_code = random.choice(CITIES)
    return Address(
        line_1=f"{random.randrange(1, 9000)} {random.choice(STREETS)}",
        city=city,
        state=state,
        zip_code=zip_code,
    )


def make_person(
    random: Random, *, member_id: str, oldest: int = 1940, youngest: int = 2008
) -> Person:
    """An invented person born between the years given."""
    born_on = date(oldest, 1, 1) + timedelta(days=random.randrange((youngest - oldest) * 365))
    return Person(
        last_name=random.choice(LAST_NAMES),
        first_name=random.choice(FIRST_NAMES),
        middle_name=random.choice("ABCDEFGHJKLM"),
        born_on=born_on,
        sex=random.choice("FM"),
        address=make_address(random),
        member_id=member_id,
    )
