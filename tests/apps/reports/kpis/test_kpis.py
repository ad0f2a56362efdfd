"""KPIs: what plain arithmetic over any history says, the scenario's DSO, the pages down to the legs."""

import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.desks import browser, demo
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

pytestmark = pytest.mark.database_core
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.kpis.questions"))
trends: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.kpis.trends"))
LAST = date(2026, 9, 30)
ZERO = Decimal("0.00")
ACCOUNTS = {  # what a step books against: (debit, credit)
    "charge": ("receivable:payer:1", "revenue:patient-services"),
    "pay": ("asset:remit-clearing", "receivable:payer:1"),
    "refund": ("receivable:payer:1", "asset:bank"),
    "contractual": ("contra:contractual", "receivable:payer:1"),
    "bad debt": ("contra:bad-debt", "receivable:payer:1"),
    "unapplied": ("asset:bank", "liability:unapplied-cash"),
    "allowance": ("contra:contractual-estimate", "allowance:contractual-estimate"),
}
steps = st.lists(
    st.tuples(st.sampled_from(list(ACCOUNTS)), st.integers(1, 90_000), st.integers(0, 420)),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def practices(database):
    """Makes a new practice for each example."""
    from cleanclaim.apps.shared.tenancy.models import Organization

    def make() -> int:
        number = Organization.objects.count()
        return Organization.objects.create(
            kind="practice", name=f"K{number}", slug=f"k{number}", tin=str(number)
        ).pk

    return make


def book(kind: str, amount: Decimal, on: date, key: str, item: int) -> None:
    """One step as an entry of two legs; receivables are of the one item."""

    def leg(account: str, signed: Decimal) -> Leg:
        is_item = account.startswith("receivable:")
        where = {"item_id": item, "claim_id": 7, "line_number": 1} if is_item else {}
        return Leg(account, signed, **where)

    debit, credit = ACCOUNTS[kind]
    services.post_entries([Entry(kind, key, on, on, (leg(debit, amount), leg(credit, -amount)))])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps, days=st.integers(1, 200))
def test_any_history_gives_what_plain_arithmetic_says(practices, steps, days):
    from cleanclaim.apps.shared.tenancy.context import tenant

    done = [(kind, Decimal(c) / 100, LAST - timedelta(days=back)) for kind, c, back in steps]
    practice = practices()
    with tenant(practice):
        [item] = services.open_items(
            [services.NewItem(7, 1, 3, Decimal("1.00"), LAST, "payer:1", "G0001")]
        )
        for number, (kind, amount, on) in enumerate(done):
            book(kind, amount, on, f"k{number}", item)
    with tenant(practice):
        found = {one.kpi.name: one for one in questions.kpis(questions.Asked(LAST, days=days))}
        drivers = trends.dso_drivers(questions.Asked(LAST, days=days))

    dso = found["dso"]
    assert sum((one.receivable for one in drivers), ZERO) == dso.top
    assert sum((one.charges for one in drivers), ZERO) == dso.bottom

    def summed(*kinds: str, since: int = 10_000) -> Decimal:
        first = LAST - timedelta(days=since - 1)
        return sum((a for k, a, on in done if k in kinds and on >= first), ZERO)

    ages = [(LAST - on).days + 1 for kind, _, on in done if kind == "charge"]
    year = min(365, max(ages, default=365))  # of younger books their own days
    receivable = summed("charge", "refund") - summed("pay", "contractual", "bad debt")
    charges, cash = summed("charge", since=days), summed("pay", "unapplied", since=days) - summed("refund", since=days)  # fmt: skip
    net = charges - summed("contractual", "bad debt", "allowance", since=days)
    expected = {
        "dso": (receivable, charges, days),
        "days_in_ar_gross": (receivable, summed("charge", since=365), year),
        "days_in_ar_net": (receivable - summed("allowance"), net, days),
        "net_collection_rate": (cash, charges - summed("contractual", since=days), 100),
        "gross_collection_rate": (cash, charges, 100),
        "cash_collection": (cash, net, 100),
        "unapplied": (summed("unapplied"), cash, 100),
        "bad_debt": (summed("bad debt", since=days), charges, 100),
    }
    for name, (top, bottom, factor) in expected.items():
        value = (
            (top * factor / bottom).quantize(Decimal("0.1"), ROUND_HALF_UP) if bottom > 0 else None
        )
        assert (found[name].top, found[name].bottom, found[name].value) == (top, bottom, value)


@pytest.fixture
def fox(practice):
    """842,000.00 receivable, 1,656,000.00 charged in 92 days, of which 814,000.00 are paid."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        items = [
            charged_item("552000.00", claim_id=n, on=date(2026, 6 + n, 15)) for n in range(1, 4)
        ]
        services.post_entries([
            payment_entry(items[0], "552000.00", claim_id=1, on=date(2026, 8, 20)),
            payment_entry(items[1], "262000.00", claim_id=2, on=date(2026, 9, 20)),
        ])  # fmt: skip
    with demo():
        yield practice


def test_dso_of_the_quarter_is_46_8(fox):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(fox):
        asked = questions.Asked(LAST, days=92)
        found = {one.kpi.name: one for one in questions.kpis(asked)}
        countback = questions.countback_dso(asked)

    dso = found["dso"]
    assert (dso.top, dso.bottom, dso.value) == (
        Decimal("842000.00"), Decimal("1656000.00"), Decimal("46.8"),
    )  # fmt: skip
    assert dso.is_missed and not found["bad_debt"].is_missed
    assert found["best_possible_dso"].value == Decimal("30.7")  # 552,000 / 1,656,000 × 92
    assert found["ar_over_90"].value == 0
    assert found["cei"].value == Decimal("73.7")  # (1,656,000 − 842,000) / (1,656,000 − 552,000)
    # September's 30 days are 552,000; of August's 552,000 in 31 days 290,000 are left: 16.3
    assert countback == Decimal("46.3")


def test_the_year_of_the_dso(fox):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(fox):
        year = trends.trend(questions.Asked(LAST, days=92), "dso")

    # July: 552,000 / 552,000 × 92; August: 552,000 / 1,104,000 × 92
    assert [(one.asked.on, one.value) for one in year[-4:]] == [
        (date(2026, 6, 30), None),
        (date(2026, 7, 31), Decimal("92.0")),
        (date(2026, 8, 31), Decimal("46.0")),
        (date(2026, 9, 30), Decimal("46.8")),
    ]
    assert (len(year), year[0].asked.on) == (12, date(2025, 10, 31))


def test_the_picture_breaks_where_a_month_has_no_value(fox):
    from cleanclaim.apps.reports.kpis.pictures import trend_picture
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(fox):
        year = trends.trend(questions.Asked(LAST, days=92), "dso")
        picture = trend_picture(year)
        broken = trend_picture([year[-1], year[0], *year[-2:]])

    assert [point.value for point in picture.points] == ["92.0", "46.0", "46.8"]
    assert [point.is_missed for point in picture.points] == [True, True, True]
    # the highest stands on top, nothing at the base, the target of 40 in between
    assert picture.points[0].y < picture.points[2].y < picture.target < picture.base
    assert [len(line.split()) for line in picture.lines] == [3]
    assert [len(line.split()) for line in broken.lines] == [2]
    assert trend_picture(year[:3]) is None


def test_payers_make_the_dso(practice):
    from cleanclaim.apps.shared.ledger.models import Item, Leg
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.world import PAYER, claim

    with tenant(practice):
        Desk().take(claim("A1"), claim("A2"), claim("B1", payer=replace(PAYER, name="Blue Harbor")))
        booked_on = Leg.objects.latest("accounting_on").accounting_on
        first = Item.objects.earliest("pk")
        paid = payment_entry(first.pk, "60.00", claim_id=first.claim_id, on=booked_on)
        services.post_entries([paid])
        found = trends.dso_drivers(questions.Asked(booked_on + timedelta(days=5), days=30))
        later = trends.dso_drivers(questions.Asked(booked_on + timedelta(days=30), days=30))

    # 360.00 charged in 30 days; 180.00 and 120.00 are left: 15.0 and 10.0 of 25.0 days; 180 / 240 × 30 = 22.5
    assert [(one.payer, one.receivable, one.charges) for one in found] == [
        (PAYER.name, Decimal("180.00"), Decimal("240.00")),
        ("Blue Harbor", Decimal("120.00"), Decimal("120.00")),
    ]
    assert [(one.days, one.own) for one in found] == [
        (Decimal("15.0"), Decimal("22.5")),
        (Decimal("10.0"), Decimal("30.0")),
    ]
    assert [one.change for one in found] == [None, None]
    assert [(one.days, one.days_before) for one in later] == [
        (None, Decimal("15.0")),
        (None, Decimal("10.0")),
    ]


def test_a_kpi_is_as_known_at_a_moment(fox):
    from datetime import UTC, datetime

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(fox):
        [dso] = questions.kpis(questions.Asked(LAST, datetime(2020, 1, 1, tzinfo=UTC), 92), ["dso"])

    assert (dso.top, dso.value) == (ZERO, None)


def test_an_unknown_kpi_and_an_empty_period_are_refused(fox):
    with pytest.raises(InputError, match="expected of dso"):
        questions.kpis(questions.Asked(LAST), ["moon"])
    with pytest.raises(InputError, match="expected 1 to 3660"):
        questions.Asked(LAST, days=0)


def test_pages_show_the_arithmetic_down_to_the_legs(fox):
    client = browser(fox, "Billing lead")
    client.post("/as-of/", {"effective_on": LAST.isoformat()})

    all_of_them = client.get("/kpis/?days=92").content.decode()
    one = client.get("/kpis/dso/?days=92").content.decode()
    link = one.split('data-href="/ledger/')[1].split('"')[0].replace("&amp;", "&")
    legs = client.get(f"/ledger/{link}")

    assert "46.8 days" in all_of_them and "at most 40" in all_of_them
    assert "842,000.00 over 1,656,000.00 is 46.8 days" in one
    assert legs.status_code == 200 and "552,000.00" in legs.content.decode()
    assert "92.0 days" in one and "Twelve months" in one and "By payer" in one
    assert "<f>ROUND(G2*K2/I2,1)</f><v>46.8</v>" in sheet_of(client.get("/kpis/?xlsx=1&days=92"))
    assert "<f>ROUND(G13*K13/I13,1)</f><v>46.8</v>" in sheet_of(
        client.get("/kpis/dso/?xlsx=1&days=92")
    )


def sheet_of(response) -> str:
    """The first sheet of a spreadsheet that was downloaded."""
    with zipfile.ZipFile(BytesIO(response.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("asked", ["?days=moon", "?days=0"])
def test_a_period_that_is_none_is_refused(fox, asked):
    assert browser(fox, "Billing lead").get(f"/kpis/{asked}").status_code == 400


def test_a_kpi_that_does_not_exist_is_not_there(fox):
    assert browser(fox, "Billing lead").get("/kpis/moon/").status_code == 404
