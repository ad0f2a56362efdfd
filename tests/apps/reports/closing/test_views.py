"""Pages and command of the close: a lead asks, another approves; exports; population."""

import argparse
import json
import re
from contextlib import nullcontext
from datetime import date

import pytest

from cleanclaim.project.cli import close as command
from tests.apps.billing.desks import browser, demo
from tests.apps.reports.closing.cases import MAY, books

pytestmark = pytest.mark.database_core


@pytest.fixture
def desk(practice):
    """Two leads and a biller over the books of May and June."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    with demo():
        yield [
            browser(practice, role, name=name)
            for role, name in (
                ("Billing lead", "Ada"),
                ("Billing lead", "Bea"),
                ("Practice biller", "Cy"),
            )
        ]


def ask(client, verb: str = "close", **more: str):
    return client.post(
        "/close/2026-5/ask/",
        {"verb": verb, "reason": "month-end", "waive-days": "signed on paper", **more},
    )


def decide(client, verb: str, **more: str):
    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    with tenant(Organization.objects.get(kind="practice").pk):
        pk = CloseRequest.objects.latest("id").pk
    return client.post(f"/close/requests/{pk}/{verb}/", more, follow=True)


def test_a_lead_asks_another_approves_and_a_biller_may_neither(practice, desk) -> None:
    from cleanclaim.apps.shared.ledger.selectors import is_closed
    from cleanclaim.apps.shared.tenancy.context import tenant

    ada, bea, cy = desk

    assert ask(cy).status_code == 403
    assert ask(ada).status_code == 302
    own = decide(ada, "approve")
    done = decide(bea, "approve")

    assert own.status_code == 409
    assert "takes no entries from now on" in done.content.decode()
    with tenant(practice):
        assert is_closed(MAY)
    page = cy.get("/close/2026-5/").content.decode()
    assert "A lead closes and opens months." in page
    assert "Approved" in page and "Ada" in page and "Bea" in page
    assert ask(bea, "reopen").status_code == 302
    assert "open again" in decide(ada, "approve").content.decode()


def test_a_typed_accrual_is_asked_for_by_one_lead_and_posted_by_another(practice, desk) -> None:
    from cleanclaim.apps.reports.closing.models import AccrualRequest
    from cleanclaim.apps.shared.tenancy.context import tenant

    ada, bea, cy = desk
    form = {"name": "Card fees", "debit": "expense:card-fees", "credit": "liability:accrued-expenses", "amount": "1,500.00", "words": "as in April"}  # fmt: skip

    assert cy.post("/close/2026-5/accrue/", form).status_code == 403
    asked = ada.post("/close/2026-5/accrue/", form, follow=True).content.decode()
    with tenant(practice):
        where = f"/close/accruals/{AccrualRequest.objects.get().pk}/"
    own = ada.post(where + "approve/")
    listed = bea.get("/close/2026-5/").content.decode()
    done = bea.post(where + "approve/", follow=True).content.decode()

    assert "A second person decides." in asked and "Withdraw" in asked
    assert own.status_code == 409
    assert "as in April" in listed and where + "approve/" in listed and "asset:bank" not in listed
    assert "taken back by entry" in done and "1,500.00" in done
    assert bea.post(where + "burn/").status_code == 400
    assert bea.post(where + "refuse/", {"words": "no"}).status_code == 409


@pytest.mark.parametrize(
    ("path", "form", "status", "message"),
    [
        ("/close/2026-13/ask/", {"verb": "close", "reason": "x"}, 400, "expected one like 2026-11"),
        ("/close/2026-5/ask/", {"verb": "burn", "reason": "x"}, 400, "expected one of close, reopen"),
        ("/close/2026-5/ask/", {"verb": "close", "reason": " "}, 400, "the reason is empty"),
        ("/close/2026-5/accrue/", {"name": "a", "amount": "ten"}, 400, "expected dollars and cents"),
        ("/close/2026-5/accrue/", {"name": "a", "amount": "1e13"}, 400, "expected dollars and cents"),
        ("/close/2026-5/accrue/", {"name": "a", "debit": "expense:bank-fees", "credit": "asset:remit-clearing", "amount": "5000.00"}, 400, "is no account of estimates"),
        ("/close/2026-5/accrue/", {"name": "a", "debit": "expense:bank-fees", "credit": "liability:accrued-expenses", "amount": "10000000000000"}, 400, "below a trillion dollars"),
        ("/close/2026-5/accrue/", {"due": "nothing"}, 400, "not due in 2026-05"),
        ("/close/journals/make/", {"month": "2026-05", "form": "csv"}, 409, "2026-05 is open"),
        ("/close/journals/make/", {"month": "May", "form": "csv"}, 400, "expected one like 2026-11"),
        ("/close/journals/make/", {"month": "2026-05", "form": "pdf", "draft": "1"}, 400, "expected one of csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(desk, path, form, status, message) -> None:
    answer = desk[0].post(path, form)

    assert (answer.status_code, message in answer.content.decode()) == (status, True)


def test_pages_show_the_books_and_hand_them_out(desk) -> None:
    ada = desk[0]
    ask(ada)
    decide(desk[1], "approve")

    made = ada.post("/close/journals/make/", {"month": "2026-05", "form": "oracle"}, follow=True)
    roll = ada.get("/close/roll-forward/?from=2026-05-01&to=2026-05-31").content.decode()
    listed = ada.get("/close/").content.decode()

    assert "debit 220.00 = credit 220.00" in made.content.decode()
    # The next one is of a closed month, in the form that this practice sends.
    assert 'name="month" value="2026-05"' in made.content.decode()
    assert '<option value="oracle" selected>' in made.content.decode()
    assert "Brought forward" in roll and "40.00" in roll and "rolls forward" in roll
    assert "May 2026" in listed and "Closed" in listed
    [pk] = set(re.findall(r"/close/journals/(\d+)/", made.content.decode()))
    control = json.loads(ada.get(f"/close/journals/{pk}/?control=1").content)
    assert (control["debit"], control["entries"]) == ("220.00", "3")
    assert b"USER_JE_SOURCE_NAME" in ada.get(f"/close/journals/{pk}/").content
    for path in (
        "/close/?xlsx=1",
        "/close/2026-5/?xlsx=1",
        "/close/journals/?xlsx=1",
        "/close/roll-forward/?xlsx=1",
    ):
        assert ada.get(path)["Content-Type"].endswith("spreadsheetml.sheet")


def test_codes_are_saved(desk) -> None:
    ada = desk[0]

    ada.post("/close/journals/codes/save/", {"code-asset:bank": "1000-00"})

    assert 'value="1000-00"' in ada.get("/close/journals/codes/").content.decode()


def test_every_received_file_is_in_one_class(practice, desk, monkeypatch) -> None:
    from cleanclaim.apps.reports.closing import exports
    from cleanclaim.apps.reports.closing.population import counts, population
    from cleanclaim.apps.shared.exchange.services import receive_file
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing import world

    day = date(2026, 5, 20)
    with tenant(practice):
        partner = world.partner()
        paid = world.remittance(world.pay(world.claim(), world.TYPICAL), trace="T77")
        data = world.bytes_835(paid)
        for content in (data, data, b"no X12 at all", b""):
            receive_file(content, partner=partner, name="in.835", received_on=day)
        assert [row.status for row in population(day, day)] == [
            "waiting", "duplicate", "refused", "refused",
        ]  # fmt: skip

        firsts = population(day, day, most=2)
        rest = population(day, day, after=firsts[-1].file_id, most=2)
        assert [row.status for row in (*firsts, *rest)] == ["waiting", "duplicate", "refused", "refused"]  # fmt: skip
        assert {name: n for name, (n, _) in counts(day, day).items() if n} == {
            "waiting": 1, "duplicate": 1, "refused": 2,
        }  # fmt: skip
    monkeypatch.setattr(exports, "FILES_SHOWN", 3)

    page = desk[0].get("/close/population/?from=2026-05-01&to=2026-05-31").content.decode()
    [last] = re.findall(r"after=(\d+)", page)
    after = desk[0].get(f"/close/population/?from=2026-05-01&to=2026-05-31&after={last}").content.decode()  # fmt: skip

    assert "Next page" not in after and "First page" in after
    assert desk[0].get("/close/population/?from=2020-01-01&to=2026-05-31").status_code == 400
    assert "3 files" in page and "1 file<" in after
    assert "Duplicate" in page and "Refused" in page and "Waiting" in page
    assert desk[2].get("/close/population/").status_code == 403
    for path in ("/close/population/?xlsx=1", "/close/population/?approvals=1"):
        assert desk[0].get(path)["Content-Type"].endswith("spreadsheetml.sheet")


@pytest.fixture
def run(practice, desk, monkeypatch, capsys):
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())

    def call(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        command.add_arguments(parser)
        return command.run(parser.parse_args(words)), capsys.readouterr().out

    return call


def test_the_command_checks_rolls_exports_and_lists(run, desk, tmp_path) -> None:
    status, out = run("check", "2026-05", "--json")
    report = json.loads(out)
    assert (status, report["state"]) == (1, "open")
    assert [one["name"] for one in report["checks"] if not one["passed"]] == ["days"]

    status, out = run("rollforward", "--from", "2026-05-01", "--to", "2026-05-31", "--json")
    report = json.loads(out)
    assert (status, report["difference"], report["rows"][-1]["amounts"]) == (0, "0.00", ["40.00"])
    assert "carried forward" in run("rollforward", "--from", "2026-05-01", "--to", "2026-05-31")[1]

    status, out = run(
        "journal", "2026-05", "--form", "gl", "--draft", "--out", str(tmp_path), "--json"
    )
    totals = json.loads(out)
    assert (status, totals["debit"], totals["credit"]) == (0, "220.00", "220.00")
    assert json.loads((tmp_path / "draft-gl-2026-05.control.json").read_text())["debit"] == "220.00"

    status, out = run("population", "--from", "2026-05-01", "--to", "2026-05-31")
    assert (status, "0 files received" in out) == (0, True)


def test_one_asks_and_another_closes_by_command(practice, run) -> None:
    from cleanclaim.kernel.errors import InputError, StateError

    ada, bea = (f"{name}-billing-lead-{practice}@harbor.example" for name in ("ada", "bea"))
    with pytest.raises(InputError, match=r"1 check of 2026-05 did not pass, .* days: Is every"):
        run("ask", "2026-05", "--reason", "month-end", "--by", ada)
    waived = ("--waive", "days=signed on paper")
    status, out = run("ask", "2026-05", "--reason", "month-end", "--by", ada, *waived, "--json")
    number = str(json.loads(out)["request"])

    with pytest.raises(StateError, match="was made by you"):
        run("approve", number, "--by", ada)
    said = json.loads(run("approve", number, "--by", bea, "--json")[1])
    assert (status, said["state"]) == (0, "approved")
    closed = json.loads(run("check", "2026-05", "--json")[1])
    [kept] = closed["closings"]
    assert (closed["state"], kept["request"], kept["stands"]) == ("closed", int(number), True)
    assert {"days": "signed on paper"}.items() <= {
        one["name"]: one["waiver"] for one in kept["checks"]
    }.items()
    then, now = run("check", "2026-05")[1].split("as of now")
    assert "may stand: signed on paper" in then and "asked of the rows" in now
    status, out = run("reopen", "2026-05", "--reason", "late file", "--by", bea, "--json")
    assert (
        json.loads(
            run("refuse", str(json.loads(out)["request"]), "--by", ada, "--words", "no", "--json")[
                1
            ]
        )["state"]
        == "refused"
    )


def test_a_large_ledgers_checklist_follows_its_page_and_the_message_stays(
    desk, monkeypatch
) -> None:
    """The checks of ten million legs take longer than anybody looks at an empty window."""
    ada, *_ = desk
    monkeypatch.setattr("cleanclaim.apps.reports.closing.views.SHOWN_AT_ONCE", 1)
    ask(ada)

    first = ada.get("/close/2026-5/").content.decode()
    then = ada.get("/close/2026-5/?now=1").content.decode()

    assert "Adding up every leg" in first and "Checklist" not in first
    assert "Checklist" in then and "asked. A second person decides." in then
    assert ada.get("/close/2026-5/?pdf=1").headers["Content-Type"] == "application/pdf"
