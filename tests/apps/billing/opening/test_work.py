"""Who is to decide on a load finds that in their queue, and no longer once it is decided."""

import pytest

from tests.apps.billing.opening.test_opening import approve, ask, load, post

pytestmark = pytest.mark.database_core


def open_titles() -> list[str]:
    from cleanclaim.apps.shared.work.models import WorkItem

    found = WorkItem.objects.filter(subject_kind="opening_load").exclude(state="done")
    return [title.partition(" of ")[0] for title in found.values_list("title", flat=True)]


def test_a_load_is_work_until_it_is_posted_and_again_until_it_is_taken_back(inside, desk) -> None:
    load_id = load()
    told = [open_titles()]
    post(load_id)
    told.append(open_titles())
    ask(load_id, by=2)
    told.append(open_titles())
    approve(load_id, by=3)
    told.append(open_titles())

    assert told == [["Approve: take over balances"], [], ["Approve: take back the load"], []]


def test_one_that_is_withdrawn_or_kept_is_none(inside, desk) -> None:
    from cleanclaim.apps.billing.opening.services import withdraw_load
    from cleanclaim.apps.billing.opening.undoing import keep_load

    withdraw_load(load(), by=1, reason="wrong files")
    assert open_titles() == []
    second = load()
    post(second)
    ask(second, by=2)
    keep_load(second, by=2)

    assert open_titles() == []
