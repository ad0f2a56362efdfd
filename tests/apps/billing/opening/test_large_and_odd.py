"""Files that go wrong in ways nobody thinks of, and a load of more claims than the server has locks."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.billing.opening.test_opening import AS_OF, ask, balances, load, post, take_back

pytestmark = pytest.mark.database_core
HEAD = "claim,line,last_name,first_name,payer,payer_id,member_id,service_from,procedure,charge,open,responsible,kind"
GOOD = "F-1,1,Okafor,Chidi,Coastal,CAHP1,M1,2026-05-04,99213,120.00,20.00,payer,item"
BALANCES = "account,amount\nreceivable:payer:1,20.00\nequity:opening-balance,-20.00\n"


def problems(*rows: str, head: str = HEAD) -> list[str]:
    from cleanclaim.apps.billing.opening.services import read_load

    data = "\n".join((head, *rows, "")).encode()
    found = read_load(data, BALANCES.encode(), as_of=AS_OF)
    return [f"{one.place}: {one.message}" for one in found.problems]


def test_the_good_row_is_good(inside):
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([GOOD.replace("Okafor", "Okafor, Jr")], "items, line 2: 14 cells, expected 13 at most"),
        ([GOOD.replace("F-1", "F" + "9" * 80)], "line 2, claim: 'F9999999999999999999'... of 81"),
        ([GOOD.replace(",M1,", f",{'M' * 81},")], "line 2, member_id: "),
        ([GOOD.replace("99213", "9" * 49)], "line 2, procedure: "),
        ([GOOD.replace("2026-05-04", "0001-01-01")], "line 2, service_from: 0001-01-01: expected a year"),
        ([GOOD.replace("Okafor", '"Okafor'), GOOD.replace("F-1", "F-2")], "unexpected end of data"),
        ([GOOD.replace("Okafor", '"Oka"for')], "line 2: "),
        (['F-1,1,"Okafor', GOOD.replace("F-1", "F-2").replace("Okafor", 'Okafor"')], "line 3: a cell of several lines"),
    ],
    ids=["a comma without quotes", "long claim", "long member", "long procedure", "year one", "a quote never closed", "a stray quote", "a quote closed in the next row"],
)  # fmt: skip
def test_what_would_be_cut_shifted_or_swallowed_is_named(inside, rows, said):
    found = problems(*rows)

    assert any(said in one for one in found), found


def test_a_column_that_stands_twice_is_named(inside):
    found = problems(GOOD + ",30.00", head=HEAD + ",Open")

    assert found == ["items, line 1: column open stands twice"]


def test_row_49_999_of_50_000_is_named_by_line_column_value_and_expectation(inside):
    rows = [f"F-{n}{GOOD[3:]}" for n in range(50_000)]
    rows[49_997] = rows[49_997].replace("120.00", "12o.00")

    assert problems(*rows) == ["items, line 49999, charge: '12o.00', expected dollars and cents"]


def test_more_claims_than_the_server_has_locks_are_posted_told_of_and_taken_back(inside, desk):
    """The server keeps 64 locks for each of 60 connections: 3,840; one a claim would be too many."""
    from cleanclaim.apps.billing.opening.services import post_load
    from cleanclaim.apps.billing.opening.undoing import undo_load

    count = 4_500
    text = "\n".join((HEAD, *(f"F-{n}{GOOD[3:]}" for n in range(count)), ""))
    amount = Decimal("20.00") * count
    told: list[tuple[int, int]] = []
    one = load(
        text,
        f"account,amount\nreceivable:payer:1,{amount}\nequity:opening-balance,-{amount}\n",
    )
    post_load(one, by=2, say=lambda done, of: told.append((done, of)))
    owed = balances()["receivable:payer:1"]
    back: list[tuple[int, int]] = []
    ask(one)
    reversed_ = undo_load(
        one, by=3, on=date(2026, 7, 1), say=lambda done, of: back.append((done, of))
    )  # fmt: skip

    assert (owed, told) == (amount, [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)])
    assert (reversed_, back[-1], balances()) == (9_000, (9_000, 9_000), {})
    desk.prove()


def test_a_load_that_was_taken_back_can_be_loaded_again(inside, desk):
    first = load()
    post(first)
    take_back(first)

    again = load()
    post(again)

    assert balances()["receivable:payer:1"] == Decimal("270.00")
    desk.prove()
