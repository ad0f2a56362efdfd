"""Cash of a legal entity: its own accounts, tied to its own trial balance, on any day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.money import total
from tests.apps.billing.deposits.bank import bring
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core
LATER = PAID_ON + timedelta(days=1)


def lines(entity: str | None, *, on=LATER) -> dict[str, Decimal]:
    from cleanclaim.apps.billing.deposits.entity_cash import books_by_entity, cash_lines

    found = cash_lines(books_by_entity(on=on), entity=entity)
    return {line.account: line.amount for line in found}


def split() -> None:
    """184.00 came to our bank, 12.50 of it is Films'."""
    from cleanclaim.apps.billing.deposits.services import place_with_entity

    [line_id] = bring((PAID_ON, "184.00", "LOCKBOX")).line_ids
    place_with_entity(line_id, entity="Films", amount=Decimal("12.50"), on=LATER, by=None)


def test_each_entity_has_its_own_and_adds_up_to_nothing(inside):
    split()

    films, ours = lines("Films"), lines("")

    assert films == {
        "asset:due-from-entity": Decimal("12.50"),
        "liability:unidentified-cash": Decimal("-12.50"),
        "": Decimal("0.00"),
    }
    assert ours == {
        "asset:bank": Decimal("184.00"),
        "liability:unidentified-cash": Decimal("-171.50"),
        "liability:due-to-entity": Decimal("-12.50"),
        "": Decimal("0.00"),
    }
    assert lines("Films", on=PAID_ON) == films  # it counts on the day of the bank's line
    before = PAID_ON - timedelta(days=1)
    assert (lines("Films", on=before), lines("", on=before)) == ({}, {"": Decimal("0.00")})


def test_all_entities_are_the_trial_balance(inside, desk):
    from cleanclaim.apps.billing.deposits.entity_cash import (
        balances_of,
        books_by_entity,
        cash_lines,
    )
    from cleanclaim.apps.shared.ledger.selectors import account_balances
    from tests.apps.billing.world import TYPICAL, claim, pay, remittance

    desk.take(claim("A1"))
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    split()
    books = books_by_entity(on=LATER)

    ours = {code: amount for code, amount in account_balances().items() if amount}
    assert {code: one for code, one in balances_of(books, entity=None).items() if one} == ours
    for entity in ("", "Films"):
        assert total(line.amount for line in cash_lines(books, entity=entity)) == 0
    assert lines("")["asset:remit-clearing"] == Decimal("80.00")


def test_without_the_rest_of_the_books_an_entity_does_not_add_up(inside, desk):
    """The twin: the money alone is no trial balance."""
    from tests.apps.billing.world import TYPICAL, claim, pay, remittance

    desk.take(claim("A1"))
    desk.post(remittance(pay(claim("A1"), TYPICAL)))

    assert total(amount for account, amount in lines("").items() if account) != 0


def test_the_page_shows_one_entity_or_all(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        split()
    with demo():
        biller = browser(practice, "Practice biller")

        def shown(entity: str) -> str:
            return biller.get(f"/deposits/cash/?entity={entity}&as_of={LATER}").content.decode()

        assert "171.50" in shown("")
        assert "12.50" in shown("")
        assert "171.50" not in shown("Films")
        assert "ties to the account" in shown("Films")
        assert "171.50" in shown(":own")
        assert biller.get("/deposits/cash/?entity=nobody").status_code == 400
        for kind in ("1", "entities"):
            assert biller.get(f"/deposits/cash/?entity=Films&xlsx={kind}").content[:2] == b"PK"
