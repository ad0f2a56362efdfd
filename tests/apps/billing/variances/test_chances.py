"""Recoverability that a person sets: the worker ranks what it concerns by it, its arithmetic says so, and every figure set is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.desks import browser
from tests.apps.billing.variances import summit
from tests.apps.billing.variances.test_pages import opened, posted  # noqa: F401

pytestmark = pytest.mark.database_core


@pytest.fixture
def short(posted):  # noqa: F811
    """(organization, payer id): the short one is in the queue."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(posted[0]):
        return posted[0], row("short").payer_id


def row(kind: str):
    from cleanclaim.apps.billing.variances.models import Variance

    return Variance.objects.get(kind=kind)


def set_chance(share: str | None, kind: str = "short", **more):
    from cleanclaim.apps.billing.variances import chances

    given = {"starts_on": summit.TODAY, "on": summit.TODAY, "by": 5} | more
    return chances.set_chance(kind, None if share is None else Decimal(share), **given)


def worked() -> None:
    """The worker's turn."""
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    while dispatch_events():
        pass


def steps(kind: str) -> dict[str, str]:
    return dict(map(tuple, row(kind).rank_steps))


def test_what_it_concerns_is_ranked_by_it_and_says_who_set_it(short):
    from cleanclaim.apps.shared.tenancy.context import tenant

    organization_id, payer_id = short
    with tenant(organization_id):
        before = row("short").rank
        assert any("program's own" in words for words in steps("short"))
        other = row("missing").rank

        set_chance("0.13", payer_id=payer_id)  # a fifth of the program's 0.65
        worked()

        assert abs(row("short").rank - before / 5) <= Decimal("0.01")
        assert any("set for this payer, short, any age" in words for words in steps("short"))
        assert row("missing").rank == other
        set_chance(None, payer_id=payer_id)
        worked()
        assert row("short").rank == before


def test_without_the_ranking_the_queue_stays_as_it_was(short, monkeypatch):
    """The twin."""
    from cleanclaim.apps.billing.variances import chances
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(chances, "rank_open", lambda **given: 0)
    with tenant(short[0]):
        before = row("short").rank
        set_chance("0.01")
        worked()

        assert row("short").rank == before


def test_only_open_differences_of_the_kind_and_the_payer_are_written(short):
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(short[0]):
        Variance.objects.update(rank=Decimal("-1.00"), rank_steps=[])
        Variance.objects.filter(kind="fee").update(kind="short", payer_id=short[1] + 1)
        Variance.objects.filter(kind="missing").update(kind="short", state="accepted")
        set_chance("0.13", payer_id=short[1])
        worked()

        written = Variance.objects.exclude(rank=Decimal("-1.00"))
        assert list(written.values_list("control_number", flat=True)) == ["700103"]


def test_one_that_is_compared_while_it_is_ranked_keeps_what_that_gave_it(short, monkeypatch):
    """The ranks are worked out without a lock: whatever changed until they are written is left alone."""
    from cleanclaim.apps.billing.variances import chances
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(short[0]):
        said = chances.said

        def meanwhile():
            Variance.objects.filter(kind="short").update(
                promised=Decimal("99.00"),
                received=Decimal(0),
                amount=Decimal("99.00"),
                rank=Decimal("7.00"),
            )
            return said()

        monkeypatch.setattr(chances, "said", meanwhile)
        set_chance("0.13")
        worked()

        assert row("short").rank == Decimal("7.00")


def test_a_figure_of_a_later_day_counts_from_that_day_on(short):
    from cleanclaim.apps.billing.variances.services import find_missing
    from cleanclaim.apps.shared.tenancy.context import tenant

    later = summit.TODAY + timedelta(days=3)
    with tenant(short[0]):
        before = row("short").rank
        set_chance("0.01", starts_on=later)
        worked()
        assert row("short").rank == before

        find_missing(on=later)

        assert row("short").rank < before


@pytest.mark.parametrize(
    ("kind", "share", "more", "words"),
    [
        ("exact", "0.5", {}, "kind 'exact'"),
        ("other", "0.5", {}, "kind 'other'"),
        ("short", "1.01", {}, "share 1.01"),
        ("short", "-0.01", {}, "share -0.01"),
        ("short", "0.005", {}, "share 0.005"),
        ("short", "0.5", {"payer_id": 999_999}, "payer 999999"),
        ("short", "0.5", {"limit_days": -1}, "age -1"),
        ("short", "0.5", {"limit_days": 3651}, "age 3651"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_nowhere(short, kind, share, more, words):
    from cleanclaim.apps.billing.variances.models import Recoverability
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(short[0]):
        with pytest.raises(InputError, match=words):
            set_chance(share, kind, **more)

        assert not Recoverability.objects.exists()


def test_by_the_page(short):
    organization_id, payer_id = short
    dana = browser(organization_id, "Pharmacy biller")
    page = "/variances/recoverability/"
    body = {
        "kind": "short",
        "share": "12 %",
        "payer": f"{payer_id}",
        "age": "365",
        "from": "2026-01-01",
    }

    assert "Nobody has set one" in dana.get(page).content.decode()
    dana.post(f"{page}set/", body | {"words": "last quarter"})

    shown = dana.get(page).content.decode()
    assert "0.12" in shown
    assert "last quarter" in shown
    assert "up to 365 days" in shown
    for wrong in (
        {"share": "much"},
        {"share": "NaN"},
        {"age": "-1"},
        {"from": "soon"},
        {"payer": "x"},
    ):
        assert dana.post(f"{page}set/", body | wrong).status_code in (400, 404), wrong
    assert dana.get(f"{page}?xlsx=1").status_code == 200


def test_who_may_not_change_contracts_sees_it_and_sets_nothing(short):
    biller = browser(short[0], "Practice biller")

    assert b"Set it" not in biller.get("/variances/recoverability/").content
    assert biller.post("/variances/recoverability/set/", {"kind": "short"}).status_code == 403
