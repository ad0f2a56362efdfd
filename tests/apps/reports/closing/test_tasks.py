"""Tasks of a month's close: due by business day, in their order, by whose they are; what is due becomes work."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cleanclaim.kernel.dates import business_day_of
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.reports.closing.cases import MAY, books
from tests.apps.reports.closing.test_closing import close

pytestmark = pytest.mark.database_core
ON = date(2026, 6, 3)  # the third business day after May


@pytest.fixture
def tasks(inside):
    from cleanclaim.apps.reports.closing import tasks

    return tasks


@pytest.fixture
def services(inside):
    from cleanclaim.apps.reports.closing import task_services

    return task_services


def standing(name: str, *, on: date = ON, month: date = MAY):
    from cleanclaim.apps.reports.closing.tasks import month_tasks

    return next(one for one in month_tasks(month, on=on) if one.task.name == name)


def work() -> list[tuple[str, int | None]]:
    from cleanclaim.apps.shared.work.models import WorkItem

    rows = WorkItem.objects.filter(kind="close_task").exclude(state="done").order_by("title")
    return list(rows.values_list("title", "owner"))


@pytest.mark.parametrize(
    ("month", "number", "day"),
    [
        ((2026, 5, 1), 1, (2026, 6, 1)),
        ((2026, 5, 1), 0, (2026, 5, 29)),  # the 30th and 31st are a weekend
        ((2026, 5, 1), -1, (2026, 5, 28)),
        ((2026, 6, 1), 3, (2026, 7, 3)),  # a Saturday's holiday is not moved
        ((2026, 8, 1), 5, (2026, 9, 8)),  # over Labor Day
        ((2026, 12, 1), 1, (2027, 1, 4)),  # over New Year
    ],
)
def test_business_days_around_a_months_end(month, number: int, day) -> None:
    assert business_day_of(date(*month), number) == date(*day)


def test_each_task_has_its_day_and_says_what_it_waits_for(tasks) -> None:
    books()

    found = {one.task.name: one for one in tasks.month_tasks(MAY, on=ON)}

    assert [one.task.name for one in found.values()][:2] == ["files", "cash"]
    assert (found["files"].due_on, found["files"].state, found["files"].late_by) == (
        date(2026, 6, 1),
        "late",
        2,
    )
    assert [one.name for one in found["days"].waits_for] == ["files", "cash"]
    assert (found["requests"].state, found["journal"].state) == ("late", "waits")


def test_ticks_go_in_order_and_one_that_does_not_pass_needs_words(services) -> None:
    books()
    with pytest.raises(StateError, match="waits for"):
        services.tick(MAY, "days", by=1, is_lead=True)
    services.tick(MAY, "files", by=1, is_lead=True)
    services.tick(MAY, "cash", by=1, is_lead=True)
    with pytest.raises(InputError, match="1 check of task days did not pass"):
        services.tick(MAY, "days", by=1, is_lead=True)
    services.tick(MAY, "days", by=1, is_lead=True, words="signed on paper")

    with pytest.raises(StateError, match="done already"):
        services.tick(MAY, "days", by=1, is_lead=True)
    one = standing("days")
    assert (one.is_done, one.words, one.done_by) == (True, "signed on paper", 1)


def test_a_tick_keeps_what_its_checks_said_then(services) -> None:
    from cleanclaim.apps.reports.closing.models import CloseTaskMark

    books()
    services.tick(MAY, "files", by=1, is_lead=True)

    [mark] = CloseTaskMark.objects.all()
    assert [one[:2] for one in mark.found] == [["files", True], ["remittances", True]]
    assert mark.due_on == date(2026, 6, 1)


def test_a_tick_is_taken_back_from_the_last_one_on(services) -> None:
    books()
    for name in ("files", "cash"):
        services.tick(MAY, name, by=1, is_lead=True)
    services.tick(MAY, "days", by=1, is_lead=True, words="on paper")
    with pytest.raises(StateError, match="comes before Sign every day"):
        services.take_back(MAY, "files", by=1, is_lead=True)
    services.take_back(MAY, "days", by=1, is_lead=True)
    services.take_back(MAY, "files", by=1, is_lead=True)

    with pytest.raises(StateError, match="not ticked"):
        services.take_back(MAY, "files", by=1, is_lead=True)
    assert not standing("files").is_done


def test_only_whose_it_is_or_a_lead_ticks_it(services) -> None:
    books()
    services.give(MAY, "files", to=7, by=1)

    with pytest.raises(PermissionRefusedError, match="somebody else's"):
        services.tick(MAY, "files", by=8, is_lead=False)
    services.tick(MAY, "files", by=7, is_lead=False)
    with pytest.raises(PermissionRefusedError):
        services.take_back(MAY, "files", by=8, is_lead=False)
    services.take_back(MAY, "files", by=9, is_lead=True)
    assert standing("files").owner == 7


def test_an_act_is_done_by_itself_and_undone_when_the_month_opens_again(services) -> None:
    from cleanclaim.apps.reports.closing.journal import export_journal
    from tests.apps.reports.closing.test_closing import approve, ask

    books()
    with pytest.raises(StateError, match="is not ticked"):
        services.tick(MAY, "close", by=1, is_lead=True)
    request_id = ask(by=1)
    asked = (standing("ask").is_done, standing("close").is_done)
    approve(request_id, by=2)
    closed = (standing("close").done_by, standing("journal").is_done)
    export_journal(MAY, "csv", by=1)
    sent = standing("journal").is_done
    approve(ask(verb="reopen", by=1), by=2)

    assert (asked, closed, sent) == ((True, False), (2, False), True)
    assert [standing(name).is_done for name in ("ask", "close", "journal")] == [False] * 3


def test_a_task_that_was_done_keeps_the_day_that_it_had(services, tasks) -> None:
    books()
    services.tick(MAY, "files", by=1, is_lead=True)
    services.save_task(replace(tasks.task_of("files"), business_day=9), by=1)

    assert standing("files").due_on == date(2026, 6, 1)
    assert standing("files", month=date(2026, 6, 1)).due_on == business_day_of(date(2026, 6, 1), 9)


def test_a_months_task_moves_with_a_reason(services) -> None:
    books()
    with pytest.raises(InputError, match="reason"):
        services.move(MAY, "files", due_on=date(2026, 6, 5), words=" ", by=1)
    with pytest.raises(InputError, match="expected one from 2026-05-01"):
        services.move(MAY, "files", due_on=date(2027, 6, 5), words="late bank", by=1)
    services.move(MAY, "files", due_on=date(2026, 6, 5), words="late bank", by=1)

    assert (standing("files").due_on, standing("files").state) == (date(2026, 6, 5), "open")


def test_late_is_counted_in_business_days_and_a_late_tick_says_so(tasks) -> None:
    from cleanclaim.apps.reports.closing.models import CloseTaskMark

    mark = CloseTaskMark(
        task="files",
        kind="done",
        due_on=date(2026, 6, 5),
        at=datetime(2026, 6, 9, 15, tzinfo=UTC),
        by=1,
    )
    [one] = tasks.standings([tasks.STANDARD[0]], [mark], {}, month=MAY, on=date(2026, 7, 1))

    assert (one.state, one.late_by) == ("done late", 2)


def test_due_ones_become_work_only_under_a_calendar_of_ones_own(services) -> None:
    from cleanclaim.apps.reports.closing import task_work

    books()
    task_work.follow(on=ON)
    before = work()
    services.use_standard(by=1)
    services.give(MAY, "cash", to=7, by=1)
    task_work.follow(on=ON)
    due = work()
    services.tick(MAY, "files", by=1, is_lead=True)

    assert before == []
    assert due == [
        ("May 2026: Decide every request", None),
        ("May 2026: Match the bank: awaited, unidentified and unexplained money", 7),
        ("May 2026: Work on or refuse every received file", None),
    ]
    assert "May 2026: Work on or refuse every received file" not in [title for title, _ in work()]


def test_work_that_is_open_goes_with_the_task(services) -> None:
    from cleanclaim.apps.reports.closing import task_work

    books()
    services.use_standard(by=1)
    task_work.follow(on=ON)
    services.give(MAY, "cash", to=7, by=1)
    title = "May 2026: Match the bank: awaited, unidentified and unexplained money"
    given = dict(work())[title]
    services.give(MAY, "cash", to=None, by=1)

    assert (given, dict(work())[title]) == (7, None)


def test_in_a_closed_month_only_what_comes_after_the_close_is_work(services) -> None:
    """Two persons said of the rest that it is done, or why not."""
    from cleanclaim.apps.reports.closing import task_work
    from tests.apps.reports.closing.test_closing import approve, ask

    books()
    services.use_standard(by=1)
    task_work.follow(on=ON)
    before = len(work())
    approve(ask(by=1), by=2)
    task_work.follow(on=ON)
    task_work.follow_month(MAY, on=date(2026, 6, 30))

    assert before > 1
    assert [title for title, _ in work()] == ["May 2026: Send the journal to the general ledger"]


def test_what_waits_is_nobodys_work_until_the_other_is_done(services) -> None:
    from cleanclaim.apps.reports.closing import task_work

    books()
    services.use_standard(by=1)
    for name in ("files", "cash"):
        services.tick(MAY, name, by=1, is_lead=True)
    task_work.follow(on=ON)

    assert "May 2026: Sign every day's proof" in [title for title, _ in work()]
    assert not [title for title, _ in work() if "journal" in title]


def test_the_calendar_takes_tasks_of_ones_own(services, tasks) -> None:
    mine = tasks.Task("tie-out", "Tie out with the hospital", 2, after=("cash",))
    services.save_task(mine, by=1, is_new=True)
    with pytest.raises(StateError, match="has one of this name"):
        services.save_task(mine, by=1, is_new=True)
    with pytest.raises(StateError, match="wait for itself"):
        services.save_task(replace(tasks.task_of("cash"), after=("tie-out",)), by=1)
    services.save_task(replace(mine, title="Tie out", business_day=0), by=1)

    assert next(one.name for one in tasks.tasks()) == "tie-out"
    services.remove_task("cash", by=1)
    assert tasks.task_of("tie-out").after == ()
    with pytest.raises(InputError, match="none of this name"):
        tasks.task_of("cash")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Big Name"}, "small letters"),
        ({"title": " "}, "empty"),
        ({"business_day": 31}, "expected -10 to 30"),
        ({"checks": ("luck",)}, "checklist has none"),
        ({"after": ("nothing",)}, "cannot come before"),
        ({"after": ("mine",)}, "cannot come before"),
    ],
)
def test_a_task_that_cannot_be_is_refused(services, tasks, change, words: str) -> None:
    with pytest.raises(InputError, match=words):
        services.save_task(replace(tasks.Task("mine", "Mine", 2), **change), by=1, is_new=True)


def test_a_month_that_is_closed_says_on_which_business_day(services) -> None:
    from cleanclaim.apps.reports.closing.tasks import month_tasks

    books()
    assert services.closed_on_business_day(month_tasks(MAY, on=ON), MAY) is None
    close()

    assert services.closed_on_business_day(month_tasks(MAY, on=ON), MAY) > 100  # closed today
