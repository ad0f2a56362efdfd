"""The rank of work and the words that explain it."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.apps.shared.work.rank import kinds, rank
from cleanclaim.kernel.errors import ReferenceDataError

DAY = date(2026, 11, 23)


def test_the_rank_is_amount_times_chance_times_urgency_by_minutes() -> None:
    # 640.00 x 0.86 x 3.0 (2 days left) / 4 minutes = 412.80
    found = rank(
        "denial",
        amount=Decimal("640.00"),
        due_on=date(2026, 11, 25),
        on=DAY,
        chance=Decimal("0.86"),
    )

    assert found.value == Decimal("412.80")
    assert found.steps == (
        ("amount at stake", "640.00"),
        ("chance, as this item's history has it", "0.86"),
        ("urgency (2 days left)", "3.0"),
        ("minutes that it takes", "4"),
        ("640.00 × 0.86 × 3.0 ÷ 4", "412.80"),
    )


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (None, ("urgency (no due date)", "1.0")),
        (date(2026, 11, 21), ("urgency (2 days overdue)", "4.0")),
        (date(2026, 11, 22), ("urgency (1 day overdue)", "4.0")),
        (DAY, ("urgency (due today)", "4.0")),
        (date(2026, 11, 24), ("urgency (1 day left)", "3.0")),
        (date(2026, 11, 26), ("urgency (3 days left)", "2.0")),
        (date(2026, 11, 30), ("urgency (7 days left)", "2.0")),
        (date(2026, 12, 1), ("urgency (8 days left)", "1.2")),
        (date(2026, 12, 23), ("urgency (30 days left)", "1.2")),
        (date(2026, 12, 24), ("urgency (31 days left)", "1.0")),
    ],
)
def test_urgency_grows_as_the_due_day_comes_near(due_on, words) -> None:
    found = rank("denial", amount=Decimal("100.00"), due_on=due_on, on=DAY)

    assert found.steps[2] == words


def test_without_an_amount_the_stand_in_of_the_kind_counts() -> None:
    # 1,000.00 x 0.85 x 1.0 / 8 = 106.25
    found = rank("no_answer", amount=Decimal("0.00"), due_on=None, on=DAY)

    assert found.steps[0] == ("no amount known, counted as", "1,000.00")
    assert found.value == Decimal("106.25")


def test_a_negative_amount_counts_by_its_size() -> None:
    found = rank("refund", amount=Decimal("-80.00"), due_on=None, on=DAY)

    assert found.value == Decimal("9.00")  # 80.00 x 0.90 x 1.0 / 8


def test_an_unknown_kind_of_work_is_our_fault() -> None:
    with pytest.raises(ReferenceDataError, match="no value for the kind 'gardening'"):
        rank("gardening", amount=Decimal("1.00"), due_on=None, on=DAY)


def test_every_kind_has_all_its_figures() -> None:
    for kind in kinds(on=DAY):
        assert rank(kind, amount=Decimal("10.00"), due_on=None, on=DAY).value > 0
