"""The balance that statements say beside the ledger's bank account, with everything that only one of the two has."""

import argparse
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.deposits.bank import bring
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.opening.test_opening import load, post
from tests.apps.billing.world import PAID_ON, claim

pytestmark = pytest.mark.database_core
NEXT = PAID_ON + timedelta(days=1)


def statement(
    day: date, closing: str, *lines: tuple[int, str, str], account: str = "0012345678"
) -> bytes:
    """(BAI2 code, amount in cents, words) each, with the account's closing balance in cents."""
    details = "".join(f"16,{code},{cents},0,,,{words}\n" for code, cents, words in lines)
    sums = int(closing) + sum(int(cents) for _, cents, _ in lines)
    return (
        f"01,BANK,HARBOR,{day:%y%m%d},0700,1,80,,2/\n02,HARBOR,BANK,1,{day:%y%m%d},,USD,2/\n"
        f"03,{account},,015,{closing},,/\n{details}49,{sums},{len(lines) + 2}/\n"
        f"98,{sums},1,{len(lines) + 4}/\n99,{sums},1,{len(lines) + 6}/\n"
    ).encode()


def receive(data: bytes, on: date = PAID_ON):
    from cleanclaim.apps.billing.deposits.services import receive_statement

    return receive_statement(data, name=f"{on}.bai", received_on=on)


def balance(day: date = PAID_ON):
    from cleanclaim.apps.billing.deposits.bank_balance import bank_balance

    return bank_balance(day)


def book(amount: str, key: str, on: date = PAID_ON) -> int:
    """Money that the books have at the bank without a line."""
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    legs = (Leg("asset:bank", Decimal(amount)), Leg("liability:unapplied-cash", -Decimal(amount)))
    return post_entries([Entry("receipt", key, on, on, legs)], by=1)[0]


def apart(found) -> list[tuple[str, int, str]]:
    return [(one.record, one.pk, f"{one.amount:.2f}") for one in found.apart]


def test_what_only_one_of_the_two_has_is_named(inside) -> None:
    """1,000.00 taken over; the bank has 80.00 more, paid a check of 33.00 that nobody explained, and no 12.00 of ours."""
    post(load())
    lines = receive(statement(PAID_ON, "104700", (142, "8000", "FROM SOMEBODY"), (475, "3300", "CHECK 1001"))).line_ids  # fmt: skip
    entry = book("12.00", "ours")
    from cleanclaim.apps.shared.ledger.models import Leg

    opened = Leg.objects.get(account="asset:bank", reason="taken over").entry_id
    found = balance()

    assert (found.bank, found.books) == (Decimal("1047.00"), Decimal("1092.00"))
    assert apart(found) == [
        ("entry", opened, "-1000.00"), ("entry", entry, "-12.00"), ("line", lines[1], "-33.00"),
    ]  # fmt: skip
    assert (found.before, found.elsewhere) == (Decimal("1000.00"), Decimal("0.00"))


def test_it_is_of_its_day_and_what_is_explained_is_gone(inside) -> None:
    from cleanclaim.apps.billing.deposits.services import book_bank_fee
    from tests.apps.billing.adjustments.people import person

    lee = person(inside, "Lee", "Billing lead")
    line = receive(statement(PAID_ON, "7700", (142, "8000", "FROM SOMEBODY"), (475, "300", "ODD"))).line_ids[1]  # fmt: skip
    before = balance()
    book_bank_fee(line, on=NEXT, by=lee)
    receive(statement(NEXT, "8700", (142, "1000", "MORE")), on=NEXT)

    assert balance(PAID_ON - timedelta(days=1)) is None
    assert apart(before) == [("line", line, "-3.00")]
    assert apart(balance()) == []  # the fee is of the bank's day
    later = balance(NEXT)
    assert (later.bank, later.books, apart(later)) == (Decimal("87.00"), Decimal("87.00"), [])
    assert (later.before, later.elsewhere) == (Decimal("0.00"), Decimal("0.00"))


def test_an_entry_that_was_taken_back_is_not_named(inside) -> None:
    from cleanclaim.apps.shared.ledger.services import reverse_entry

    receive(statement(PAID_ON, "8000", (142, "8000", "FROM SOMEBODY")))
    reverse_entry(book("5.00", "slip"), key="back", effective_on=PAID_ON, accounting_on=PAID_ON)

    assert (apart(balance()), balance().difference) == ([], Decimal("0.00"))


def test_an_account_that_says_no_balance_is_told_apart(inside) -> None:
    receive(statement(PAID_ON, "8000", (142, "8000", "FROM SOMEBODY")))
    bring((PAID_ON, "7.00", "OF A TABLE"))

    found = balance()

    assert (found.difference, found.elsewhere, apart(found)) == (
        Decimal("-7.00"), Decimal("-7.00"), [],
    )  # fmt: skip


def test_the_command_says_it_in_words_and_as_json(practice, monkeypatch, capsys) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.cli import day_proof

    with tenant(practice):
        receive(statement(PAID_ON, "4700", (475, "3300", "CHECK 1001")))
    asked = argparse.Namespace(organization=None, day=PAID_ON, pdf=None, json=False, sign=False)
    day_proof.run(asked)
    said = capsys.readouterr().out
    asked.json = True
    day_proof.run(asked)
    told = json.loads(capsys.readouterr().out)["bank_balance"]

    assert "statements say 47.00, books 0.00, bank less books 47.00" in said
    assert "80.00  before the first line here" in said and "-33.00  line" in said
    assert (told["difference"], told["before"], told["apart"][0]["amount"]) == (
        "47.00",
        "80.00",
        "-33.00",
    )


def test_the_days_page_says_it_and_its_digest_is_as_before(practice) -> None:
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [line] = receive(statement(PAID_ON, "4700", (475, "3300", "CHECK 1001"))).line_ids
        digest = prove_day(PAID_ON).digest
    with demo():
        page = (
            browser(practice, "Billing lead").get(f"/daily-proof/?day={PAID_ON}").content.decode()
        )

    assert "The statements say" in page and "Before the first line here" in page
    assert f"bank line {line}" in page and "0012345678" in page
    assert digest[:16] in page


@pytest.fixture
def came_back(desk):
    """The bank took a check of 82.00 back, and a desk has booked that it did: the line and the return's entry."""
    from tests.apps.billing.deposits.test_money_out import returned

    [claim_id] = desk.take(claim("A1"))
    receipt = returned(desk.row(claim_id).patient_id)
    # The bank names no number, so that nothing settles the line by itself.
    line = receive(statement(PAID_ON, "-8200", (475, "8200", "CHECK"))).line_ids[0]
    return line, receipt.end_entry_id


def test_what_explained_a_line_and_does_not_any_more_is_named_beside_it(came_back) -> None:
    from cleanclaim.apps.billing.deposits.services import settle_line, undo_settled

    line, entry = came_back
    both = sorted([("line", line, "-82.00"), ("entry", entry, "82.00")])
    first = sorted(apart(balance()))
    settle_line(line, entry_ids=[entry], on=PAID_ON, by=7)
    settled = apart(balance())
    undo_settled(line, reason="another check", on=PAID_ON, by=7)

    assert (first, settled, sorted(apart(balance()))) == (both, [], both)


def test_a_line_that_is_explained_anew_is_of_what_explains_it_now(came_back, inside) -> None:
    from cleanclaim.apps.billing.deposits.services import book_bank_fee, settle_line, undo_settled
    from tests.apps.billing.adjustments.people import person

    line, entry = came_back
    settle_line(line, entry_ids=[entry], on=PAID_ON, by=7)
    undo_settled(line, reason="a fee after all", on=PAID_ON, by=7)
    lee = person(inside, "Lee", "Billing lead")
    book_bank_fee(line, on=PAID_ON, by=lee)
    as_fee = apart(balance())
    undo_settled(line, reason="no fee", on=PAID_ON, by=lee)

    assert as_fee == [("entry", entry, "82.00")]
    assert sorted(apart(balance())) == sorted([("line", line, "-82.00"), ("entry", entry, "82.00")])


def test_a_fee_that_was_none_is_the_lines_again(inside) -> None:
    """Booked by rule when the file came, and taken back: the bank has it, the books have not."""
    from cleanclaim.apps.billing.deposits.services import undo_settled
    from tests.apps.billing.adjustments.people import person

    line = receive(statement(PAID_ON, "-1875", (475, "1875", "ACCOUNT ANALYSIS FEE"))).line_ids[0]
    booked = (apart(balance()), balance().books)
    lee = person(inside, "Lee", "Billing lead")
    undo_settled(line, reason="not a fee", on=PAID_ON, by=lee)

    assert booked == ([], Decimal("-18.75"))
    assert (apart(balance()), balance().books) == ([("line", line, "-18.75")], Decimal("0.00"))


@pytest.mark.parametrize("later", ["12345678", "XXXX5678"])
def test_an_account_that_two_files_write_differently_is_counted_once(inside, later) -> None:
    receive(statement(PAID_ON, "8000", (142, "8000", "FROM SOMEBODY")))
    receive(statement(NEXT, "9000", (142, "1000", "MORE"), account=later), NEXT)

    found = balance(NEXT)

    assert found.accounts == (("0012345678", NEXT, Decimal("90.00")),)
    assert (found.bank, found.books, found.before) == (Decimal("90.00"), Decimal("90.00"), 0)


def test_an_account_that_may_be_either_of_two_stays_its_own(inside) -> None:
    receive(statement(PAID_ON, "8000", (142, "8000", "A"), account="111115678"))
    receive(statement(PAID_ON, "900", (142, "900", "B"), account="222225678"))
    receive(statement(PAID_ON, "70", (142, "70", "C"), account="XX5678"))

    assert [one[0] for one in balance().accounts] == ["111115678", "222225678", "XX5678"]
