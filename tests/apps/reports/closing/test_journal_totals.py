"""Journals read back by a reader of their own: every form's sums are the ledger's, account by account."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.kpis.test_kpis import practices  # noqa: F401
from tests.apps.shared.ledger.cases import services as ledger

pytestmark = pytest.mark.database_core
ACCOUNTS = ("asset:bank", "income:interest", "expense:bank-fees", "liability:unapplied-cash")
JULY = date(2026, 7, 1)
ZERO = Decimal("0.00")
moves = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 9_999_999),
        st.integers(1, 31), st.sampled_from(["", "North", "=SUM(A1)"]), st.sampled_from(["", "T,1", '"q"', "+9"]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)


def read(form: str, data: bytes) -> tuple[dict[str, int], int, int, int]:
    """{account: net cents}, debits, credits, lines: by the columns' names alone."""
    debit, credit, account = (
        ("ENTERED_DR", "ENTERED_CR", "SEGMENT2") if form == "oracle" else ("debit", "credit", "account")
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    net: dict[str, int] = defaultdict(int)
    for row in rows:
        assert not (row[debit] and row[credit]) and (row[debit] or row[credit])
        net[row[account]] += cents(row[debit]) - cents(row[credit])
    sides = [sum(cents(row[name]) for row in rows) for name in (debit, credit)]
    return {name: amount for name, amount in net.items() if amount}, *sides, len(rows)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=moves)
def test_every_form_says_what_the_ledger_says(practices, moves):  # noqa: F811
    from cleanclaim.apps.reports.closing.journal import FORMS, control_totals, export_journal
    from cleanclaim.apps.shared.ledger.models import Leg as Row
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practices()):
        for number, (debit, credit, amount, day, entity, trace) in enumerate(moves):
            dollars, on = Decimal(amount) / 100, JULY.replace(day=day)
            legs = (
                Leg(debit, dollars, entity=entity, trace=trace),
                Leg(credit, -dollars, entity=entity),
            )
            ledger.post_entries([Entry("interest", f"j{number}", on, on, legs)])
        outside = (Leg("asset:bank", Decimal("7.77")), Leg("income:interest", Decimal("-7.77")))
        after = date(2026, 8, 1)
        ledger.post_entries([Entry("interest", "outside", after, after, outside)])
        ledger.close_period(JULY, by=1)
        net: dict[str, int] = defaultdict(int)
        for leg in Row.objects.filter(accounting_on__lt=after):
            net[leg.account] += int(leg.amount * 100)
        expected = {name: amount for name, amount in net.items() if amount}
        for form in FORMS:
            made = export_journal(JULY, form, by=1)
            totals = control_totals(made)
            found, debits, credits, lines = read(form, bytes(made.content))

            assert found == expected
            assert debits == credits == cents(totals["debit"]) == cents(totals["credit"])
            assert (str(lines), str(len(moves))) == (totals["lines"], totals["entries"])
            if form == "csv":
                assert debits == sum(amount for _, _, amount, *_ in moves)
