"""A review of an aging is put aside by whoever prepared it or a lead, with who, when and why; and it comes back."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.desks import browser, demo
from tests.apps.reports.aging.test_reviews import books, inside, prepare, state  # noqa: F401

pytestmark = pytest.mark.database_core
ANA, BEA, LEAD = 1, 2, 3


def put_aside(
    review: int, *, by: int | None = ANA, is_lead: bool = False, words: str = "wrong day"
):
    from cleanclaim.apps.reports.aging import putting_aside

    putting_aside.withdraw(review, by=by, is_lead=is_lead, words=words)


def bring_back(review: int, *, by: int | None = ANA, is_lead: bool = False, words: str = ""):
    from cleanclaim.apps.reports.aging import putting_aside

    putting_aside.bring_back(review, by=by, is_lead=is_lead, words=words)


def story(review: int) -> list[tuple[str, str, int | None]]:
    from cleanclaim.apps.reports.aging.putting_aside import story

    return [(one.kind, one.words, one.by) for one in story(review)]


def test_who_and_why_stay_when_it_comes_back(inside) -> None:  # noqa: F811
    from cleanclaim.apps.reports.aging import reviews

    review = prepare(by=ANA)
    put_aside(review)
    aside = state(review)
    bring_back(review, by=LEAD, is_lead=True, words="it was the right day")
    reviews.comment(review, 1, "appeal sent", by=ANA)
    reviews.sign(review, by=LEAD)

    assert (aside, state(review)) == ("withdrawn", "signed")
    assert story(review) == [
        ("aside", "wrong day", ANA),
        ("back", "it was the right day", LEAD),
    ]


@pytest.mark.parametrize(
    ("by", "is_lead", "may"),
    [(ANA, False, True), (BEA, False, False), (LEAD, True, True), (None, False, False)],
)
def test_only_its_preparer_or_a_lead(inside, by, is_lead, may) -> None:  # noqa: F811
    review, other = prepare(by=ANA), prepare(by=ANA, end=date(2026, 9, 30))
    put_aside(other)

    if may:
        put_aside(review, by=by, is_lead=is_lead)
        bring_back(other, by=by, is_lead=is_lead)
    else:
        with pytest.raises(PermissionRefusedError, match="who prepared it or a lead"):
            put_aside(review, by=by, is_lead=is_lead)
        with pytest.raises(PermissionRefusedError, match="who prepared it or a lead"):
            bring_back(other, by=by, is_lead=is_lead)

    assert (state(review), state(other)) == (
        ("withdrawn", "prepared") if may else ("prepared", "withdrawn")
    )


def test_without_the_check_anybody_would(inside, monkeypatch) -> None:  # noqa: F811
    """The twin: the look at who it is taken out."""
    from cleanclaim.apps.reports.aging import putting_aside

    review = prepare(by=ANA)
    monkeypatch.setattr(putting_aside, "may_put_aside", lambda *_, **__: True)
    put_aside(review, by=BEA)

    assert state(review) == "withdrawn"


def test_what_nobody_prepared_is_a_leads(inside) -> None:  # noqa: F811
    review = prepare(by=None)
    with pytest.raises(PermissionRefusedError):
        put_aside(review, by=None)
    put_aside(review, by=LEAD, is_lead=True)

    assert state(review) == "withdrawn"


def test_it_says_why_and_comes_back_only_where_it_was(inside) -> None:  # noqa: F811
    review = prepare(by=ANA)
    with pytest.raises(InputError, match="reason is empty"):
        put_aside(review, words=" ")
    with pytest.raises(StateError, match="is to be signed"):
        bring_back(review)
    put_aside(review)
    with pytest.raises(StateError, match="is withdrawn"):
        put_aside(review)


def test_it_does_not_come_back_beside_another_of_its_day(inside) -> None:  # noqa: F811
    first = prepare(by=ANA)
    put_aside(first)
    second = prepare(by=BEA)
    with pytest.raises(StateError, match=f"review {second} of the same day"):
        bring_back(first)
    put_aside(second, by=BEA)
    bring_back(first)

    assert (state(first), state(second)) == ("prepared", "withdrawn")


def test_its_story_is_only_added_to(inside) -> None:  # noqa: F811
    from django.db import ProgrammingError, transaction

    from cleanclaim.apps.reports.aging.models import AgingReviewAct

    review = prepare(by=ANA)
    put_aside(review)
    for change in (
        lambda rows: rows.update(by=BEA),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(AgingReviewAct.objects.filter(review=review))


def test_on_the_page(practice) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    with demo():
        cy, dee = (browser(practice, "Practice biller", name=name) for name in ("Cy", "Dee"))
        lead = browser(practice, "Billing lead", name="Ada")
        kept = cy.post(
            "/aging/reviews/prepare/", {"on": "2026-10-31", "by": ["bucket", "payer"]}, follow=True
        )
        where = kept.redirect_chain[-1][0]
        others = dee.get(where).content.decode()
        refused = dee.post(f"{where}withdraw/", {"words": "mine"})
        bare = cy.post(f"{where}withdraw/", {"words": ""})
        aside = cy.post(
            f"{where}withdraw/", {"words": "wrong groups"}, follow=True
        ).content.decode()
        not_hers = dee.post(f"{where}back/")
        pdf = lead.get(f"{where}?pdf=1")
        back = lead.post(
            f"{where}back/", {"words": "right after all"}, follow=True
        ).content.decode()

    assert "Put it aside" in kept.content.decode() and "Put it aside" not in others
    assert (refused.status_code, bare.status_code, not_hers.status_code) == (403, 400, 403)
    assert "wrong groups" in aside and "Bring it back" in aside and "Say it" not in aside
    assert pdf.content.startswith(b"%PDF")
    assert "right after all" in back and "wrong groups" in back and "Put it aside" in back
