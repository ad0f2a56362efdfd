"""Who is to decide on a month finds that in their queue, and no longer once it is decided."""

import pytest

from tests.apps.reports.closing.cases import MAY, books
from tests.apps.reports.closing.test_closing import approve, ask

pytestmark = pytest.mark.database_core


def open_titles() -> list[str]:
    from cleanclaim.apps.shared.work.models import WorkItem

    found = WorkItem.objects.filter(subject_kind="close_request").exclude(state="done")
    return list(found.order_by("id").values_list("title", flat=True))


@pytest.mark.parametrize("act", ["approve", "refuse", "withdraw"])
def test_a_request_is_work_until_it_is_decided(inside, act: str) -> None:
    from cleanclaim.apps.reports.closing import services

    books()
    request_id = ask(by=1)
    asked = open_titles()
    if act == "approve":
        approve(request_id, by=2)
    elif act == "refuse":
        services.refuse(request_id, by=2, words="not yet")
    else:
        services.withdraw(request_id, by=1)

    assert asked == [f"Approve: close {MAY:%B %Y}"]
    assert open_titles() == []


def test_so_is_one_to_open_it_again(inside) -> None:
    books()
    approve(ask(by=1), by=2)
    ask(verb="reopen", by=2)

    assert open_titles() == [f"Approve: open again {MAY:%B %Y}"]
