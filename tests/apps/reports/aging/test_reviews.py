"""A review of an aging: figures as they were, comments where the guideline asks, a second person's signature, its deadline."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.desks import browser, demo
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

pytestmark = pytest.mark.database_core
END = date(2026, 10, 31)


@pytest.fixture
def inside(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
        yield practice


def books() -> None:
    """A payer owes 5,000.00 for 100 days and 50.00 for 20; 150.00 are owed back by a claim that was paid twice."""
    charged_item("5000.00", claim_id=1, on=END - timedelta(days=100))
    charged_item("50.00", claim_id=2, on=END - timedelta(days=20))
    over = charged_item("10.00", claim_id=3, on=END - timedelta(days=100))
    services.post_entries([payment_entry(over, "160.00", claim_id=3, on=END)])


def prepare(*, by: int | None = 1, end: date = END) -> int:
    from cleanclaim.apps.reports.aging import reviews

    return reviews.prepare(reviews.month_view(end), by=by)


def withdraw(review_id: int) -> None:
    from cleanclaim.apps.reports.aging import putting_aside

    putting_aside.withdraw(review_id, by=1, is_lead=False, words="another day")


def lines(review_id: int):
    from cleanclaim.apps.reports.aging.models import AgingReview
    from cleanclaim.apps.reports.aging.reviews import lines

    return lines(AgingReview.objects.get(pk=review_id))


def state(review_id: int) -> str:
    from cleanclaim.apps.reports.aging.models import AgingReview

    return str(AgingReview.objects.get(pk=review_id).state)


def test_it_keeps_the_figures_and_says_what_needs_a_comment(inside) -> None:
    review = prepare()
    services.post_entries([payment_entry(1, "4000.00", claim_id=1, on=END)])

    [one] = lines(review)
    assert (one.row.open, one.old, one.row.credit) == (
        Decimal("5050.00"),
        Decimal("5000.00"),
        Decimal("-150.00"),
    )
    assert one.needs == "5,000.00 over 90 days, 150.00 owed back"
    assert (one.before, one.is_missing) == (None, True)


def test_it_is_signed_by_another_once_all_is_said(inside) -> None:
    from cleanclaim.apps.reports.aging import reviews

    review = prepare(by=1)
    with pytest.raises(StateError, match="1 group of review"):
        reviews.sign(review, by=2)
    reviews.comment(review, 1, "appeal sent", by=1)
    with pytest.raises(StateError, match="prepared by you"):
        reviews.sign(review, by=1)
    with pytest.raises(StateError, match="nobody"):
        reviews.sign(review, by=None)
    reviews.sign(review, by=2)

    assert state(review) == "signed"
    for act in (
        lambda: reviews.sign(review, by=3),
        lambda: reviews.comment(review, 1, "late", by=1),
        lambda: withdraw(review),
    ):
        with pytest.raises(StateError, match="is signed"):
            act()


def test_without_the_service_the_database_refuses_ones_own_signature(inside) -> None:
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.reports.aging.models import AgingReview

    review = prepare(by=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgingReview.objects.filter(pk=review).update(state="signed", signed_by=1)


def test_the_next_one_shows_what_was_said_and_what_moved(inside) -> None:
    from cleanclaim.apps.reports.aging import reviews

    first = prepare(by=1, end=date(2026, 9, 30))
    for line in lines(first):
        reviews.comment(first, line.place, "appeal sent", by=1)
    reviews.sign(first, by=2)
    second = prepare(by=2)

    [one] = lines(second)
    assert (one.before, one.said_before) == (Decimal("5010.00"), "appeal sent")
    assert one.comment is None


def test_two_of_the_same_day_do_not_wait_and_one_put_aside_makes_room(inside) -> None:
    review = prepare()
    with pytest.raises(StateError, match="waits to be signed"):
        prepare()
    withdraw(review)
    assert prepare() > review


def test_what_cannot_be_is_refused(inside) -> None:
    from cleanclaim.apps.reports.aging import reviews

    review = prepare()
    with pytest.raises(InputError, match="comment is empty"):
        reviews.comment(review, 1, "  ", by=1)
    with pytest.raises(InputError, match="the review has 1 group"):
        reviews.comment(review, 2, "x", by=1)
    with pytest.raises(InputError, match="to come"):
        prepare(end=date(2999, 1, 31))
    with pytest.raises(InputError, match="nobody owes"):
        prepare(end=date(2020, 1, 31))


def test_the_guideline_decides_and_a_prepared_review_keeps_its_own(inside) -> None:
    from cleanclaim.apps.reports.aging import reviews

    before = prepare()
    withdraw(before)
    reviews.save_guideline(
        old_amount=Decimal("5000.01"),
        old_percent=0,
        credit_amount=Decimal("200.00"),
        business_day=3,
        by=1,
    )
    after = prepare()

    assert [one.needs for one in lines(after)] == [""]
    assert [bool(one.needs) for one in lines(before)] == [True]
    with pytest.raises(InputError, match="percent 101"):
        reviews.save_guideline(
            old_amount=Decimal(0), old_percent=101, credit_amount=Decimal(0), business_day=3, by=1
        )


def work() -> list[tuple[str, date]]:
    from cleanclaim.apps.shared.work.models import WorkItem

    rows = WorkItem.objects.filter(kind="aging_review").exclude(state="done").order_by("due_on")
    return list(rows.values_list("title", "due_on"))


def test_a_month_that_nobody_signed_becomes_work_until_somebody_does(inside) -> None:
    from cleanclaim.apps.reports.aging import reviews

    on = date(2026, 11, 6)
    reviews.follow(on=on)
    assert work() == []  # no guideline of one's own
    reviews.save_guideline(
        old_amount=Decimal("1000.00"),
        old_percent=20,
        credit_amount=Decimal("100.00"),
        business_day=5,
        by=1,
    )
    reviews.follow(on=on)
    title = "Review the aging of October 2026"
    assert (title, date(2026, 11, 6)) in work()
    review = prepare(by=1)
    reviews.comment(review, 1, "appeal sent", by=1)
    reviews.sign(review, by=2)

    assert title not in [one for one, _ in work()]
    [due] = [one for one in reviews.due_reviews(on=on) if one.month_end == END]
    assert (due.signed.pk, due.due_on, due.late_by > 0) == (review, date(2026, 11, 6), True)


def test_a_poster_says_why_and_a_lead_signs(practice) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    with demo():
        biller, lead, auditor = (
            browser(practice, role, name=name)
            for role, name in (
                ("Practice biller", "Cy"),
                ("Billing lead", "Ada"),
                ("Auditor", "Ru"),
            )
        )
        none = auditor.get("/aging/reviews/").content.decode()
        refused = auditor.post("/aging/reviews/prepare/", {"on": "2026-10-31"})
        kept = biller.post(
            "/aging/reviews/prepare/", {"on": "2026-10-31", "by": ["bucket", "payer"]}, follow=True
        )
        where = kept.redirect_chain[-1][0]
        said = biller.post(f"{where}comment/", {"group": "1", "words": "appeal sent"}, follow=True)
        own = biller.post(f"{where}sign/")
        signed = lead.post(f"{where}sign/", {"words": "seen"}, follow=True).content.decode()
        changed = lead.post(
            "/aging/reviews/guideline/",
            {
                "old_amount": "1,500.00",
                "old_percent": "25",
                "credit_amount": "50",
                "business_day": "4",
            },
            follow=True,
        ).content.decode()
        bad = lead.post("/aging/reviews/guideline/", {"old_amount": "much", "old_percent": "1", "credit_amount": "1", "business_day": "4"})  # fmt: skip
        files = [auditor.get(f"{where}?{kind}=1") for kind in ("pdf", "xlsx")]
        all_of_them = lead.get("/aging/reviews/").content.decode()

    assert "No review yet." in none
    assert (refused.status_code, own.status_code, bad.status_code) == (403, 403, 400)
    assert "5,000.00 over 90 days" in kept.content.decode()
    assert "appeal sent" in said.content.decode()
    assert "Signed. Nothing of it changes any more." in signed and "Ties to the books" in signed
    assert "= books" in signed and "+ booked elsewhere" in signed
    assert "1500.00" in changed and "Business day" not in bad.content.decode()
    assert files[0].content.startswith(b"%PDF") and files[1].content.startswith(b"PK")
    assert "Signed" in all_of_them
