"""One bank line that pays the remittances of three files."""

import pytest

from tests.apps.billing.deposits.bank import balances, bring
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core

NUMBERS = {"T1": "A1", "T2": "A2", "T3": "A3"}


def bring_file(desk, trace: str) -> None:
    """The payer's answer to one claim, in a file of its own."""
    desk.post(remittance(pay(claim(NUMBERS[trace]), TYPICAL), trace=trace))


def remittance_of(trace: str):
    from cleanclaim.apps.billing.remittances.models import Remittance

    return Remittance.objects.get(trace_number=trace)


def awaited() -> list[str]:
    from cleanclaim.apps.billing.deposits.selectors import awaited_deposits

    return [one.trace_number for one in awaited_deposits()]


def cash() -> dict[str, str]:
    wanted = ("asset:bank", "asset:remit-clearing", "liability:unidentified-cash")
    return {account: amount for account, amount in balances().items() if account in wanted}


def test_one_deposit_of_three_files_of_which_one_comes_later(desk):
    from cleanclaim.apps.billing.deposits.services import place_line

    desk.take(*map(claim, NUMBERS.values()))
    bring_file(desk, "T1")
    bring_file(desk, "T2")
    [line_id] = bring((PAID_ON, "240.00", "LOCKBOX 7")).line_ids
    place_line(
        line_id, remittance_ids=[remittance_of(t).pk for t in ("T1", "T2")], on=PAID_ON, by=None
    )
    between = cash()

    bring_file(desk, "T3")
    place_line(line_id, remittance_ids=[remittance_of("T3").pk], on=PAID_ON, by=None)

    assert between == {"asset:bank": "240.00", "liability:unidentified-cash": "-80.00"}
    assert (cash(), awaited()) == ({"asset:bank": "240.00"}, [])
    desk.prove()


def test_three_remittances_of_three_files_that_are_not_the_lines_sum_leave_the_rest(desk):
    from cleanclaim.apps.billing.deposits.services import place_line

    desk.take(*map(claim, NUMBERS.values()))
    for trace in NUMBERS:
        bring_file(desk, trace)
    [line_id] = bring((PAID_ON, "250.00", "LOCKBOX 7")).line_ids

    ids = [remittance_of(trace).pk for trace in ("T1", "T2", "T3")]
    place_line(line_id, remittance_ids=ids, on=PAID_ON, by=None)

    assert cash() == {"asset:bank": "250.00", "liability:unidentified-cash": "-10.00"}
    desk.prove()
