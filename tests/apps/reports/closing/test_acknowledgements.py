"""What the general ledger outside answers to a journal is compared with what went out, and kept."""

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.reports.closing.cases import MAY, books
from tests.apps.reports.closing.test_closing import close

pytestmark = pytest.mark.database_core


@pytest.fixture
def journal(inside):
    """The journal of May."""
    from cleanclaim.apps.reports.closing.journal import export_journal

    books()
    close()
    return export_journal(MAY, "csv", by=1)


def take(text: str):
    from cleanclaim.apps.reports.closing.acknowledgements import take_answers

    return take_answers(text.encode(), by=1)


def work() -> list[str]:
    from cleanclaim.apps.shared.work.models import WorkItem

    rows = WorkItem.objects.filter(subject_kind="journal_export").exclude(state="done")
    return list(rows.values_list("title", flat=True))


def test_one_that_is_accepted_with_its_totals(journal) -> None:
    [one] = take(
        f"Journal,Status,Lines,Debit,Credit,Reference\n"
        f'{journal.pk},Posted,{journal.line_count},"{journal.debit:,.2f}",{journal.credit},GL-77\n'
    )

    assert (one.outcome, one.differences, one.reference) == ("accepted", "", "GL-77")
    assert work() == []


def test_other_totals_are_told_and_become_work_until_it_is_right(journal) -> None:
    [one] = take(f"journal;result;total debit\njournal-{journal.pk}-csv-2026-05.csv;OK;1.00\n")
    before = work()
    take(f"journal,status\n{journal.pk},ok\n")

    assert (one.outcome, one.differences) == ("differs", f"debit 1.00 of {journal.debit}")
    assert before == [f"Journal {journal.pk}: accepted with other totals"]
    assert work() == []


def test_a_rejected_one_says_why(journal) -> None:
    [one] = take(f"status,journal,message\nERROR,{journal.pk},account 1100 is closed\n")

    assert (one.outcome, one.message) == ("rejected", "account 1100 is closed")
    assert work() == [f"Journal {journal.pk}: rejected"]


def test_the_same_answer_twice_is_refused(journal) -> None:
    take(f"journal,status\n{journal.pk},ok\n")

    with pytest.raises(StateError, match="taken already, and stands"):
        take(f"journal,status\n{journal.pk},ok\n")


def test_a_wrong_answer_is_set_right_by_the_right_one_and_a_second_rejection_is_work(
    journal,
) -> None:
    from cleanclaim.apps.shared.work.models import WorkItem
    from cleanclaim.apps.shared.work.services import finish

    right, wrong = (f"journal,status\n{journal.pk},{word}\n" for word in ("ok", "rejected"))
    take(right)
    take(wrong)
    first = work()
    finish(WorkItem.objects.get(subject_kind="journal_export").pk, outcome="sent again", by=1)
    take(right)
    take(wrong)

    assert first == work() == [f"Journal {journal.pk}: rejected"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: no column journal"),
        ("journal,state\n", "the file has no row"),
        ("journal,lines\n1,2\n", "line 1: no column status"),
        ("journal,status\n{pk},ok\n{pk},ok\n", "line 3: journal .* is there twice"),
        ("journal,status\nMay,ok\n", "line 2, journal 'May'"),
        ("journal,status\n{pk},maybe\n", "line 2, status 'maybe': unknown"),
        ("journal,status,debit\n{pk},ok,12x\n", "line 2, debit '12x'"),
        ("journal,status,lines\n{pk},ok,two\n", "line 2, lines 'two'"),
        ('journal,status,message\n{pk},ok,"' + "x" * 200_000 + "\n", "line 2: field larger"),
        ("journal,status\n{pk},ok\0\n", "zero byte"),
        ("journal,status\n" + "1,ok\n" * 5_001, "at most 5,000"),
        ("journal,status\n\n{pk},ok\n999999,ok\n", "line 4: journal 999999 did not go out"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_nothing_is_taken(
    journal, text: str, words: str
) -> None:
    from cleanclaim.apps.reports.closing.models import JournalAcknowledgement

    with pytest.raises(InputError, match=words):
        take(text.replace("{pk}", str(journal.pk)))
    assert not JournalAcknowledgement.objects.exists()


def test_bytes_that_are_no_text_and_too_many_are_refused(journal) -> None:
    from cleanclaim.apps.reports.closing.acknowledgements import LARGEST, take_answers

    with pytest.raises(InputError, match="byte 0: not UTF-8"):
        take_answers(b"\xff\xfe", by=1)
    with pytest.raises(InputError, match="an answer has at most"):
        take_answers(b"x" * (LARGEST + 1), by=1)


def test_a_lead_brings_an_answer_and_everybody_reads_it(practice, tmp_path, capsys) -> None:
    import argparse

    from django.core.files.uploadedfile import SimpleUploadedFile

    from cleanclaim.apps.reports.closing.journal import export_journal
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.cli import close as command
    from tests.apps.billing.desks import browser, demo

    with tenant(practice):
        books()
        close()
        pk = export_journal(MAY, "csv", by=1).pk
    with demo():
        lead, biller = (
            browser(practice, role, name=name)
            for role, name in (("Billing lead", "Ada"), ("Practice biller", "Cy"))
        )
        file = SimpleUploadedFile("answer.csv", f"journal,status,lines\n{pk},ok,7\n".encode())
        refused = biller.post("/close/journals/answers/", {"file": file})
        file.seek(0)
        taken = lead.post("/close/journals/answers/", {"file": file}, follow=True)
        page = biller.get(f"/close/journals/{pk}/log/").content.decode()
        none = lead.post("/close/journals/answers/", {})

    assert (refused.status_code, none.status_code) == (403, 400)
    assert f"journal {pk}: accepted with other totals." in taken.content.decode()
    assert "7 lines of " in page
    (tmp_path / "again.csv").write_text(f"journal,status\n{pk},rejected\n")
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", default=None)
    command.add_arguments(parser)
    args = parser.parse_args(["acknowledge", str(tmp_path / "again.csv")])
    from contextlib import nullcontext
    from unittest.mock import patch

    with patch("cleanclaim.project.setup.open_django", lambda *_, **__: nullcontext()):
        assert command.run(args) == 1
    assert capsys.readouterr().out == f"journal {pk}: rejected\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("journal,status,debit,credit\n{0},ok,1,234.56,1,234.56\n", "line 2: 6 cells, expected 4"),
        ('journal,status,message\n{0},ok,"fine\n7,rejected,no\n', "line 3: unexpected end of data"),
        ('journal,message,status\n{0},"fine\n7,no",ok\n', "line 3: a cell of several lines"),
        ("journal,status,Status\n{0},rejected,ok\n", "line 1: column status stands twice"),
        ("journal,status\n2026-05,ok\n", "line 2, journal '2026-05'"),
    ],
)
def test_no_answer_is_lost_or_read_as_another_one(journal, text, words) -> None:
    with pytest.raises(InputError) as refusal:
        take(text.format(journal.pk))

    assert words in refusal.value.message
