"""Invented people and addresses, drawn from a seeded random source: the same seed, the same people."""

from datetime import date, timedelta
from random import Random

from cleanclaim.kernel.ids import npi
from cleanclaim.values.party import Address, Person

LAST_NAMES = [
    "ALVAREZ",
    "BRANDT",
    "CHO",
    "DELGADO",
    "EASTON",
    "FARAH",
    "GRANT",
    "HOLLIS",
    "IBARRA",
    "JANSEN",
    "KERR",
    "LIND",
    "MENSAH",
    "NOVAK",
    "OSEI",
    "PARK",
    "QUINN",
    "ROWE",
    "SATO",
    "TRAN",
    "UDEH",
    "VEGA",
    "WEBB",
    "XIONG",
    "YOUNG",
    "ZAMORA",
    "ADEYEMI",
    "BAPTISTE",
    "CASTRO",
    "DUBOIS",
]
FIRST_NAMES = [
    "ANA",
    "BORIS",
    "CARLA",
    "DIEGO",
    "ELI",
    "FATIMA",
    "GRACE",
    "HUGO",
    "IDA",
    "JOAN",
    "KOFI",
    "LENA",
    "MINH",
    "NORA",
    "OMAR",
    "PETR",
    "ROSA",
    "SAMIR",
    "TESS",
    "UMA",
    "VICTOR",
    "WANDA",
    "XENIA",
    "YUSUF",
    "ZOE",
    "AMARA",
    "BEN",
    "CLARA",
    "DANIEL",
    "ESTHER",
]
STREETS = ("OAK AVE", "HARBOR RD", "MISSION ST", "LAKESHORE DR", "ELM CT", "BAYLINE BLVD")
CITIES = (
    ("SANTA CRUZ", "CA", "950600001"),
    ("SALINAS", "CA", "939010001"),
    ("MONTEREY", "CA", "939400001"),
    ("WATSONVILLE", "CA", "950760001"),
    ("HOLLISTER", "CA", "950230001"),
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
