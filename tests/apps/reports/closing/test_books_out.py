"""Roll-forward of the books and the journal that goes to the ledger outside."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import total
from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.closing.cases import JUNE, MAY, books
from tests.apps.reports.closing.test_closing import approve, ask, close
from tests.apps.shared.ledger.cases import services as ledger

pytestmark = pytest.mark.database_core


def roll(since: date, until: date, group: str = "receivable"):
    from cleanclaim.apps.reports.closing.rollforward import roll_forward

    return roll_forward(since, until, group=group)


def test_receivables_roll_forward_by_month_and_by_day(inside) -> None:
    books()

    may, day = roll(MAY, date(2026, 5, 31)), roll(date(2026, 6, 3), date(2026, 6, 3))

    assert (may.opening, may.closing) == ((Decimal("0.00"),), (Decimal("40.00"),))
    assert [(one.kind, one.amounts) for one in may.movements] == [
        ("charge", (Decimal("100.00"),)), ("payment", (Decimal("-60.00"),)),
    ]  # fmt: skip
    assert (day.opening, day.closing) == ((Decimal("40.00"),), (Decimal("20.00"),))
    assert may.difference == day.difference == 0


@pytest.mark.parametrize(
    ("since", "until", "group", "message"),
    [(JUNE, MAY, "all", "on or before the last"), (MAY, JUNE, "gold", "expected one of")],
)
def test_a_roll_forward_that_makes_no_sense_is_refused(
    inside, since, until, group, message
) -> None:
    with pytest.raises(InputError, match=message):
        roll(since, until, group)


moves = st.lists(
    st.tuples(
        st.dates(date(2026, 4, 1), date(2026, 7, 31)),
        st.integers(1, 50_000),
        st.sampled_from(["bank>income", "income>bank", "clearing>unapplied"]),
    ),
    max_size=12,
)


PAIRS = {
    "bank>income": ("asset:bank", "income:interest"),
    "income>bank": ("income:interest", "asset:bank"),
    "clearing>unapplied": ("asset:remit-clearing", "liability:unapplied-cash"),
}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=moves, days=st.tuples(st.dates(date(2026, 4, 1), date(2026, 7, 31)), st.integers(0, 60))
)
def test_any_books_roll_forward_over_any_days(practice, moves, days) -> None:
    from django.db import transaction

    from cleanclaim.apps.shared.tenancy.context import tenant

    since = days[0]
    until = date.fromordinal(since.toordinal() + days[1])
    with tenant(practice):
        savepoint = transaction.savepoint()
        for number, (day, cents, pair) in enumerate(moves):
            debit, credit = PAIRS[pair]
            amount = Decimal(cents) / 100
            legs = (Leg(debit, amount), Leg(credit, -amount))
            ledger.post_entries([Entry("interest", f"p{number}", day, day, legs)])
        found = roll(since, until, "all")
        expected = {
            account: total(
                Decimal(cents) / 100 * (1 if PAIRS[pair][0] == account else -1)
                for day, cents, pair in moves
                if account in PAIRS[pair] and day <= until
            )
            for account in found.accounts
        }
        transaction.savepoint_rollback(savepoint)

    assert found.difference == 0
    assert dict(zip(found.accounts, found.closing, strict=True)) == expected


def export(form: str, month: date = MAY):
    from cleanclaim.apps.reports.closing.journal import export_journal

    return export_journal(month, form, by=1)


def rows_of(journal) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(journal.content).decode())))


@pytest.mark.parametrize(
    ("form", "debit", "credit", "lines"),
    [
        ("csv", "debit", "credit", 6),
        ("gl", "debit", "credit", 6),
        ("oracle", "ENTERED_DR", "ENTERED_CR", 6),
    ],
)
def test_a_closed_month_is_exported_once_with_the_ledgers_totals(
    inside, form, debit, credit, lines
) -> None:
    books()
    with pytest.raises(StateError, match="2026-05 is open"):
        export(form)
    close()

    journal, again = export(form), export(form)

    rows = rows_of(journal)
    sums = [total(Decimal(row[name]) for row in rows if row[name]) for name in (debit, credit)]
    assert sums == [journal.debit, journal.credit] == [Decimal("220.00"), Decimal("220.00")]
    assert (len(rows), journal.line_count, journal.entry_count) == (lines, lines, 3)
    assert again.pk == journal.pk


def test_another_form_of_the_same_entries_says_so(inside) -> None:
    """Both would double the month in the general ledger; the twin: the only one says nothing."""
    from cleanclaim.apps.reports.closing.journal import same_entries_words

    books()
    close()

    first = export("oracle")
    alone = same_entries_words(first)
    second = export("csv")

    assert alone == ""
    assert same_entries_words(second) == (
        f"Entries of it are in journal {first.pk} (oracle) as well: load one of them only."
    )
    assert f"journal {second.pk} (csv)" in same_entries_words(first)


def test_what_comes_after_a_reopening_goes_out_in_a_journal_of_its_own(inside) -> None:
    books()
    close()
    first = export("csv")
    approve(ask(verb="reopen"))
    legs = (Leg("asset:bank", Decimal("5.00")), Leg("income:interest", Decimal("-5.00")))
    ledger.post_entries([Entry("interest", "late", MAY, MAY, legs)])
    close()

    second = export("csv")

    assert second.pk != first.pk
    assert (second.entry_count, second.debit) == (1, Decimal("5.00"))


def test_codes_of_the_ledger_outside_go_into_the_journal(inside) -> None:
    from cleanclaim.apps.reports.closing.journal import draft_journal, save_code

    books()
    save_code("asset:bank", "1000-00", by=1)

    rows = list(csv.DictReader(io.StringIO(draft_journal(MAY, "oracle").content.decode())))

    assert "1000-00" in {row["SEGMENT2"] for row in rows}
    assert {row["GROUP_ID"] for row in rows} == {"202605"}
    with pytest.raises(InputError, match="not in the chart"):
        save_code("asset:gold", "1", by=1)
    save_code("asset:bank", " ", by=1)
    assert b"1000-00" not in draft_journal(MAY, "oracle").content
