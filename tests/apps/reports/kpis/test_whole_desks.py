"""Every KPI of whole desks' histories, against sums over the rows made in Python: it shares no SQL with the report."""

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from tests.apps.billing.desks import browser, demo
from tests.apps.reports.aging.desk_acts import ACTS, FIRST, Acts
from tests.apps.reports.aging.test_desk_histories import OFTEN, Book

pytestmark = pytest.mark.database_core
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.kpis.questions"))
ZERO = Decimal("0.00")
CASH = ("asset:bank", "asset:remit-clearing", "asset:deposits-in-transit", "asset:card-clearing")
OPENING = ("equity:opening-balance", "equity:opening-settled")


class Rows:
    """Legs and payments as the tables hold them, and every KPI worked out of them."""

    def __init__(self, on: date, known: datetime | None, days: int) -> None:
        from cleanclaim.apps.billing.keying.models import Batch
        from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
        from cleanclaim.apps.shared.ledger.models import Leg

        self.on, self.first, self.days = on, on - timedelta(days=days - 1), days
        self.legs = [
            (account, day, amount, reason, claim_id)
            for account, day, amount, reason, claim_id, recorded in Leg.objects.values_list(
                "account", "accounting_on", "amount", "reason", "claim_id", "entry__recorded_at"
            )
            if known is None or recorded <= known
        ]
        aged = Book.read().aging(on, known).values()
        self.ages = [sum(column, ZERO) for column in zip(*(bands for bands, _ in aged), strict=True)] or [ZERO] * 5  # fmt: skip
        self.credits = -sum((credit for _, credit in aged), ZERO)
        payments = list(
            Remittance.objects.filter(state="posted", posted_on__range=(self.first, on))
        )
        paper = set(Batch.objects.values_list("remittance_id", flat=True))
        self.lags = [max(0, (one.posted_on - one.received_on).days) for one in payments]
        answers = RemittanceClaim.objects.filter(remittance__in=payments).select_related(
            "remittance"
        )
        self.answers = list(answers)
        self.untouched = [
            one
            for one in answers
            if one.remittance.posted_by is None and one.remittance_id not in paper and one.outcome != "held"
        ]  # fmt: skip

    def balance(self, prefix: str, *, before: date | None = None) -> Decimal:
        last = before - timedelta(days=1) if before else self.on
        return sum((leg[2] for leg in self.legs if leg[0].startswith(prefix) and leg[1] <= last), ZERO)  # fmt: skip

    def moved(self, *accounts: str, since: date | None = None) -> Decimal:
        """What accounts moved in the period, what a trial balance brought left out."""
        first = since or self.first
        return sum(
            (
                amount
                for account, day, amount, reason, _ in self.legs
                if account.startswith(accounts)
                and first <= day <= self.on
                and reason != "taken over"
            ),
            ZERO,
        )

    def figures(self) -> dict[str, tuple[Decimal | int, Decimal | int, int]]:
        """{KPI: numerator, denominator, times}."""
        receivable, start = self.balance("receivable:"), self.balance("receivable:", before=self.first)  # fmt: skip
        charges, cash = -self.moved("revenue:patient-services"), self.moved(*CASH)
        net = charges - self.moved("contra:")
        contractual = self.moved("contra:contractual") - self.moved("contra:contractual-estimate")
        allowances = self.balance("allowance:")
        open_ = sum(self.ages, ZERO)
        unapplied = -self.balance("liability:unapplied-cash") - self.balance("liability:unidentified-cash")  # fmt: skip
        taken_over = -sum(
            (leg[2] for leg in self.legs if leg[0] in OPENING and leg[4] and self.first <= leg[1] <= self.on),
            ZERO,
        )  # fmt: skip
        year = self.on - timedelta(days=364)
        charged = [leg[1] for leg in self.legs if leg[0] == "revenue:patient-services" and leg[1] <= self.on]  # fmt: skip
        books = min([365, *((self.on - day).days + 1 for day in sorted(charged)[:1])])
        of_start = start + taken_over + charges
        answered = [one for one in self.answers if one.status_code != "22"]
        return {
            "dso": (receivable, charges, self.days),
            "best_possible_dso": (self.ages[0], charges, self.days),
            "days_in_ar_gross": (receivable, -self.moved("revenue:patient-services", since=year), books),
            "days_in_ar_net": (receivable + allowances, net, self.days),
            "ar_over_90": (self.ages[3] + self.ages[4], open_, 100),
            "ar_over_120": (self.ages[4], open_, 100),
            "net_collection_rate": (cash, charges - contractual, 100),
            "gross_collection_rate": (cash, charges, 100),
            "cash_collection": (cash, net, 100),
            "unapplied": (unapplied, cash, 100),
            "credit_days": (self.credits, net, self.days),
            "posting_lag": (sum(self.lags), len(self.lags), 1),
            "auto_post_rate": (len(self.untouched), len(self.answers), 100),
            "denial_rate": (sum(one.outcome == "denied" for one in answered), len(answered), 100),
            "denial_write_off": (self.moved("contra:denial", "contra:timely-filing"), net, 100),
            "bad_debt": (self.moved("contra:bad-debt"), charges, 100),
            "charity": (self.moved("contra:charity"), charges, 100),
            "cei": (of_start - receivable, of_start - self.ages[0], 100),
        }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_kpi_is_what_plain_sums_over_the_rows_say(practice, seed) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    chance, desk = random.Random(seed), Acts(practice)
    desk.do("opening", 0, FIRST)
    for number in range(45):
        name = chance.choice([*OFTEN, *ACTS]) if number > 5 else "visit"
        desk.do(name, chance.randrange(12), FIRST + timedelta(days=chance.randrange(150)))
    with tenant(practice):
        for on in (date(2026, 6, 25), date(2026, 8, 31), date(2026, 11, 20), date(2028, 2, 29)):
            for days in (1, 31, 92, 200):
                found = {
                    one.kpi.name: one for one in questions.kpis(questions.Asked(on, days=days))
                }
                expected = Rows(on, None, days).figures()
                assert found.keys() == expected.keys()
                for name, (top, bottom, times) in expected.items():
                    one = found[name]
                    value = (
                        (Decimal(top) * times / Decimal(bottom)).quantize(Decimal("0.1"), ROUND_HALF_UP)
                        if bottom > 0
                        else None
                    )  # fmt: skip
                    assert (one.top, one.bottom, one.value) == (top, bottom, value), (
                        name,
                        on,
                        days,
                    )
                    for parts, whole in ((one.numerator, one.top), (one.denominator, one.bottom)):
                        lines = [sum((a for _, a in part.by_account), ZERO) for part in parts if part.by_account]  # fmt: skip
                        rest = [part.amount for part in parts if not part.by_account]
                        assert sum(lines, ZERO) + sum(rest, ZERO) == whole


def test_a_line_of_a_kpi_opens_just_what_it_adds_up(practice) -> None:
    """1,000.00 that a trial balance brought lies on the bank's account, and is no cash of the period."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practice)
    for name in ("opening", "visit", "answer"):
        assert desk.do(name, 0, FIRST + timedelta(days=12)), name
    with tenant(practice):
        entry(desk, "asset:bank", "7.00")
    with demo():
        client = browser(practice, "Billing lead")
        client.post("/as-of/", {"effective_on": "2026-07-31"})
        page = client.get("/kpis/gross_collection_rate/?days=92").content.decode()
        bank, payments = (
            client.get(link).content.decode()
            for link in (
                next(one for one in links(page) if "asset:bank" in one),
                links(client.get("/kpis/posting_lag/?days=92").content.decode())[0],
            )
        )

    assert "7.00" in bank and "1,000.00" not in bank and "Brought forward" not in bank
    assert "posted since" in payments and payments.count("<tr data-row") == 1


def entry(desk: Acts, account: str, amount: str) -> None:
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    legs = (Leg(account, Decimal(amount)), Leg("liability:unapplied-cash", -Decimal(amount)))
    day = date(2026, 7, 20)
    post_entries([Entry("receipt", "bank", day, day, legs)], by=desk.ana)


def links(page: str) -> list[str]:
    return [one.split('"')[0].replace("&amp;", "&") for one in page.split('data-href="')[1:]]


def test_books_that_are_younger_than_a_year_have_their_own_days(practice) -> None:
    """120.00 open and charged 10 days ago are 11 days of charges, not a year's; before the first charge there is none."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk, on = Acts(practice), FIRST + timedelta(days=10)
    desk.do("visit", 0, FIRST)
    with tenant(practice):
        [found] = questions.kpis(questions.Asked(on), ["days_in_ar_gross"])
        [year] = questions.kpis(questions.Asked(FIRST + timedelta(days=364)), ["days_in_ar_gross"])
        [before] = questions.kpis(questions.Asked(FIRST - timedelta(days=1)), ["days_in_ar_gross"])
        countback = questions.countback_dso(questions.Asked(on))

    assert (found.value, found.span_days, countback) == (Decimal("11.0"), 11, Decimal("11.0"))
    assert (year.value, year.span_days) == (Decimal("365.0"), 365)
    assert before.value is None


def test_what_was_taken_over_is_there_to_be_collected(practice) -> None:
    """336.40 taken over and 120.00 charged, all still open: nothing was collected, not less than nothing."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practice)
    desk.do("opening", 0, FIRST)
    desk.do("visit", 0, FIRST + timedelta(days=12))
    with tenant(practice):
        [cei] = questions.kpis(questions.Asked(date(2026, 7, 31), days=60), ["cei"])

    assert (cei.top, cei.bottom, cei.value) == (ZERO, Decimal("456.40"), ZERO)
