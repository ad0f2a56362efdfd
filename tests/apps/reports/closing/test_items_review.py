"""What stands out among a month's entries: each test finds its own, and nothing else; marks and re-classifications."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.adjustments.people import person
from tests.apps.reports.closing.cases import MAY
from tests.apps.shared.ledger.cases import charged_item, services

pytestmark = pytest.mark.database_core
DAY = date(2026, 5, 12)  # a Tuesday


def reduced(
    item: int, amount: str, *, account: str = "contra:contractual", reason: str = "CO-45",
    kind: str = "payment", key: str = "", on: date = DAY, counts: date | None = None,
    by: int | None = None,
) -> int:  # fmt: skip
    """An entry that takes `amount` off an item of claim 1."""
    legs = (
        Leg(account, Decimal(amount), item, 1, 1, reason=reason),
        Leg("receivable:payer:1", -Decimal(amount), item, 1, 1, reason=reason),
    )
    entry = Entry(kind, key or f"r{item}{amount}{reason}{account}{on}", counts or on, on, legs)
    [entry_id] = services.post_entries([entry], by=by)
    return entry_id


def found(month: date = MAY) -> dict[str, list[int]]:
    """{test: the entries that it asks somebody to look at}, of those that have any."""
    from cleanclaim.apps.reports.closing.items_review import review_month

    return {
        one.name: [each.entry_id for each in one.left] for one in review_month(month) if one.left
    }


@pytest.fixture
def item(inside) -> int:
    return charged_item("9000.00", claim_id=1, on=DAY)


def test_what_is_where_it_belongs_stands_out_in_nothing(item: int) -> None:
    reduced(item, "40.00")
    reduced(item, "2.00", account="contra:sequestration", reason="CO-253")

    assert found() == {}
    assert found(date(2026, 6, 1)) == {}


@pytest.mark.parametrize(
    ("account", "reason", "belongs"),
    [
        ("contra:contractual", "CO-29", "contra:denial"),  # filed too late: no contract says so
        ("contra:other", "CO-45", "contra:contractual"),
        ("contra:contractual", "CO-253", "contra:sequestration"),
        ("contra:contractual", "PR-1", ""),  # the patient's own part
    ],
)
def test_a_reduction_on_the_wrong_account(item: int, account: str, reason: str, belongs) -> None:
    from cleanclaim.apps.reports.closing.items_review import review_month

    entry = reduced(item, "40.00", account=account, reason=reason)

    [one] = review_month(MAY)[0].left
    assert (one.entry_id, one.account, one.belongs_to) == (entry, account, belongs)


def test_what_is_left_of_an_item_is_asked_of_its_claims_index(item: int) -> None:
    """Without it every wrong leg reads the whole ledger: minutes with a million legs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.reports.closing.items_review import review_month

    reduced(item, "40.00", reason="CO-29")
    with CaptureQueriesContext(connection) as asked:
        review_month(MAY, only=("placed",))
    [sql] = [one["sql"] for one in asked if "left_there" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using leg_claim on ledger_leg now" in plan


def test_what_a_rule_of_the_practice_placed_is_where_it_belongs(item: int) -> None:
    from cleanclaim.apps.billing.remittances.models import PostingRule

    entry = reduced(item, "40.00", account="contra:timely-filing", reason="CO-29")
    before = found()
    PostingRule.objects.create(
        payer_id=0,
        pattern="CO-29",
        action="write_off",
        account="contra:timely-filing",
        amount_limit=Decimal(0),
        valid_from=date(2026, 1, 1),
        state="approved",
        made_by=1,
        decided_by=2,
    )

    assert (before, found()) == ({"placed": [entry]}, {})


def test_a_reversed_entry_stands_out_no_more(item: int) -> None:
    entry = reduced(item, "40.00", reason="CO-29")
    before = found()
    services.reverse_entry(entry, key="back", effective_on=DAY, accounting_on=DAY)

    assert (before, found()) == ({"placed": [entry]}, {})


def test_an_amount_far_from_the_usual(item: int) -> None:
    for number in range(25):
        reduced(item, "20.00", key=f"usual{number}", on=date(2026, 4, 1 + number))
    reduced(item, "200.00", key="ten times")
    entry = reduced(item, "900.00", key="far")

    assert found() == {"unusual": [entry]}


@pytest.mark.parametrize(("usual", "far"), [(12, True), (13, False)])
def test_usual_is_the_lower_middle_of_what_the_year_had(item: int, usual: int, far: bool) -> None:
    """Of 25 amounts, itself included, the 13th: 20.00, of which 900.00 is far, or with one more of 100.00 that."""
    days = iter(range(1, 31))
    for amount, times in (("20.00", 25 - usual), ("100.00", usual - 1)):
        for _ in range(times):
            on = date(2026, 4, next(days))
            reduced(item, amount, key=f"usual{amount}{on}", on=on)
    entry = reduced(item, "900.00", key="far")

    assert found() == ({"unusual": [entry]} if far else {})


def test_the_same_twice_on_one_day(item: int) -> None:
    reduced(item, "40.00", key="a")
    entry = reduced(item, "40.00", key="b")
    reduced(item, "40.00", key="c", on=date(2026, 5, 13))

    assert found() == {"twice": [entry]}


def test_what_was_booked_long_after_its_day(item: int) -> None:
    reduced(item, "40.00", counts=date(2026, 2, 12), on=DAY)  # 89 days
    entry = reduced(item, "41.00", counts=date(2026, 2, 10), on=DAY)

    assert found() == {"late": [entry]}


def test_what_a_person_enters_at_night(item: int) -> None:
    from django.utils import timezone

    from cleanclaim.apps.shared.ledger.models import Entry as Row

    entry = reduced(item, "40.00", by=1)
    reduced(item, "41.00")  # by the system
    local = timezone.localtime(Row.objects.get(pk=entry).recorded_at)
    is_off = local.isoweekday() > 5 or not 6 <= local.hour < 21

    assert found() == ({"hours": [entry]} if is_off else {})


def test_a_round_sum_that_a_person_typed(item: int) -> None:
    from cleanclaim.apps.reports.closing.items_review import review_month

    entry = reduced(item, "3000.00", kind="write-off", account="contra:denial", by=1)
    reduced(item, "3000.50", kind="write-off", account="contra:denial", by=1)
    reduced(item, "2000.00", kind="write-off", account="contra:denial")  # by the system

    rounds = next(one for one in review_month(MAY) if one.name == "round")
    assert [one.entry_id for one in rounds.left] == [entry]


def test_somebody_looks_and_looks_again(item: int) -> None:
    from cleanclaim.apps.reports.closing import items_marks, items_review

    entry = reduced(item, "40.00", reason="CO-29")
    [placed] = items_review.review_month(MAY, only=("placed",))
    leg = placed.findings[0].leg_id
    with pytest.raises(InputError, match="words are empty"):
        items_marks.mark(entry, "placed", leg_id=leg, is_reviewed=True, words=" ", by=1)
    items_marks.mark(
        entry, "placed", leg_id=leg, is_reviewed=True, words="the payer's letter says so", by=1
    )
    seen = found()
    with pytest.raises(StateError, match="reviewed already"):
        items_marks.mark(entry, "placed", leg_id=leg, is_reviewed=True, words="again", by=1)
    items_marks.mark(entry, "placed", leg_id=leg, is_reviewed=False, words="", by=1)

    assert (seen, found()) == ({}, {"placed": [entry]})
    with pytest.raises(InputError, match="test 'luck'"):
        items_marks.mark(entry, "luck", is_reviewed=True, words="x", by=1)
    with pytest.raises(InputError, match="entry 99999: not found"):
        items_marks.mark(99999, "placed", is_reviewed=True, words="x", by=1)


def test_the_command_lists_them_and_marks_one(practice, capsys) -> None:
    import argparse
    import json
    from contextlib import nullcontext
    from unittest.mock import patch

    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.cli import close as command

    person(practice, "Cy")
    with tenant(practice):
        entry = reduced(charged_item("900.00", claim_id=1, on=DAY), "40.00", reason="CO-29")

    def run(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.add_argument("--home", default=None)
        command.add_arguments(parser)
        with patch("cleanclaim.project.setup.open_django", lambda *_, **__: nullcontext()):
            return command.run(parser.parse_args(words)), capsys.readouterr().out

    status, text = run("review", "2026-05")
    clean, _ = run("review", "2026-04")
    _, data = run("review", "2026-05", "--json")
    [one] = json.loads(data)["tests"][0]["findings"]
    row = ("placed", str(entry), str(one["leg"]), "--by", "cy@harbor.example")
    looked = run("looked", *row, "--words", "a letter")
    after, _ = run("review", "2026-05")
    again = run("look-again", *row)

    assert (status, clean, after) == (1, 0, 0)
    assert f"entry {entry}, leg {one['leg']}  40.00  CO-29 is on" in text
    assert one["belongs_to"] == "contra:denial"
    assert looked == (0, f"entry {entry}, leg {one['leg']}: looked at\n")
    assert again == (0, f"entry {entry}, leg {one['leg']}: to be looked at again\n")
