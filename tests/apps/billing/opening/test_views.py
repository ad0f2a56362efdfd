"""Pages and command of opening balances: a lead prepares, another approves, what is wrong is shown."""

import argparse
import json
import re
from contextlib import nullcontext

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import opening
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.opening.test_opening import BALANCES, ITEMS

pytestmark = pytest.mark.database_core


@pytest.fixture
def leads(practice):
    with demo():
        yield (
            browser(practice, "Billing lead", name="Ada"),
            browser(practice, "Billing lead", name="Bea"),
        )


def form(items: str = ITEMS, balances: str = BALANCES, **more: str) -> dict[str, object]:
    files = {
        "items": SimpleUploadedFile("items.csv", items.encode()),
        "balances": SimpleUploadedFile("balances.csv", balances.encode()),
    }
    return {"system": "Old Desk", "as_of": "2026-06-30", **files, **more}


def test_one_lead_prepares_and_another_approves(leads) -> None:
    ada, bea = leads

    page = ada.post("/opening/prepare/", form(), follow=True)
    own = ada.post(f"{page.redirect_chain[-1][0]}approve/")
    done = bea.post(f"{page.redirect_chain[-1][0]}approve/", follow=True)

    assert "You prepared this load" in page.content.decode()
    assert own.status_code == 409
    assert "was prepared by you" in own.content.decode()
    text = done.content.decode()
    assert "is posted." in text
    assert "by Ada" in text and "by Bea" in text
    aging = bea.get("/aging/").content.decode()
    assert "270.00" in aging and "66.40" in aging


def test_the_tie_names_their_accounts_also_while_it_waits(leads) -> None:
    ada, bea = leads
    address = ada.post("/opening/prepare/", form(), follow=True).redirect_chain[-1][0]

    page = bea.get(address).content.decode()

    assert "Their account" in page
    assert "1200 A/R insurance" in page and "3000 Equity" in page


def test_one_lead_asks_to_take_back_and_another_approves(leads) -> None:
    ada, bea = leads
    address = ada.post("/opening/prepare/", form(), follow=True).redirect_chain[-1][0]
    bea.post(f"{address}approve/")

    asked = bea.post(f"{address}undo/", {"reason": "wrong day"}, follow=True).content.decode()
    own = bea.post(f"{address}approve-undo/")
    still = ada.get("/aging/").content.decode()
    done = ada.post(f"{address}approve-undo/", follow=True).content.decode()

    assert "You asked to take this load back." in asked
    assert f"{address}approve-undo/" not in asked
    assert (own.status_code, "was asked for by you" in own.content.decode()) == (409, True)
    assert "270.00" in still
    assert "is taken back, 7 entries reversed." in done
    assert "by Bea: wrong day." in done and "Taken back" in done
    assert "270.00" not in ada.get("/aging/").content.decode()


def test_a_load_that_somebody_asked_to_take_back_is_kept(leads) -> None:
    ada, bea = leads
    address = ada.post("/opening/prepare/", form(), follow=True).redirect_chain[-1][0]
    bea.post(f"{address}approve/")
    bea.post(f"{address}undo/", {"reason": "wrong day"})

    page = ada.post(f"{address}keep/", follow=True).content.decode()

    assert "stays." in page
    assert "Ask to take the load back" in page
    assert "by Bea: wrong day. Kept" in page and "by Ada." in page


def test_a_load_sent_twice_is_worked_once(leads) -> None:
    ada, _ = leads
    token = re.search(r'name="once" value="([^"]+)"', ada.get("/opening/prepare/").content.decode())
    assert token is not None

    first = ada.post("/opening/prepare/", form(once=token[1]), follow=True)
    again = ada.post("/opening/prepare/", form(once=token[1]), follow=True)

    assert again.redirect_chain[-1][0] == first.redirect_chain[-1][0]
    assert "This form came twice: it was worked once." in again.content.decode()


def test_a_decision_sent_twice_is_worked_once(leads) -> None:
    ada, bea = leads
    address = ada.post("/opening/prepare/", form(), follow=True).redirect_chain[-1][0]
    token = re.search(r'name="once" value="([^"]+)"', bea.get(address).content.decode())
    assert token is not None

    bea.post(f"{address}approve/", {"once": token[1]})
    again = bea.post(f"{address}approve/", {"once": token[1]}, follow=True)

    assert (again.status_code, "This form came twice" in again.content.decode()) == (200, True)


def test_a_biller_neither_asks_nor_approves(leads, practice) -> None:
    ada, bea = leads
    address = ada.post("/opening/prepare/", form(), follow=True).redirect_chain[-1][0]
    bea.post(f"{address}approve/")
    cy = browser(practice, "Practice biller", name="Cy")

    for verb in ("undo", "approve-undo", "keep"):
        assert cy.post(f"{address}{verb}/", {"reason": "x"}).status_code == 403


def test_what_does_not_tie_is_shown_by_account_and_nothing_is_kept(leads) -> None:
    ada, _ = leads

    page = ada.post("/opening/prepare/", form(items=ITEMS.replace(",66.40,", ",66.41,")))

    text = page.content.decode()
    assert page.status_code == 422
    assert "1 account without a tie: receivable:patient 66.40 in the trial balance, 66.41" in text
    assert "Nothing was taken over" in ada.get("/opening/").content.decode()


def test_an_account_that_is_not_ours_is_answered_with_the_nearest_and_the_whole_chart(
    leads,
) -> None:
    ada, _ = leads
    theirs = BALANCES.replace("receivable:patient,", ",")  # 1210 A/R patients is all that it says

    asked = ada.get("/opening/prepare/").content.decode()
    page = ada.post("/opening/prepare/", form(balances=theirs)).content.decode()

    assert "nearest receivable:patient (Receivable, patients)" in page
    for text, is_open in ((asked, False), (page, True)):
        assert "liability:patient-prepayment</td><td>Patient prepayments" in text
        assert "asset:claims-bank" not in text
        assert ('<details class="field" open>' in text) == is_open


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"as_of": "soon"}, "expected a day like 2026-11-30 or 11/30/2026"),
        ({"items": ""}, "items, line 1: no column claim"),
        ({"balances": ""}, "trial balance, line 1: no column account"),
    ],
)
def test_a_form_that_is_wrong_is_said(leads, more, message) -> None:
    ada, _ = leads

    page = ada.post("/opening/prepare/", form(**more))

    assert page.status_code == 422
    assert message in page.content.decode()


def lead(practice: int, name: str) -> str:
    """The address of a lead."""
    return f"{name}-billing-lead-{practice}@harbor.example"


@pytest.fixture
def run(practice, leads, monkeypatch, capsys, tmp_path):
    """Run the command on these files; answers (exit status, output)."""
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())

    def command(verb: str, items: str = ITEMS, *more: str) -> tuple[int, str]:
        words = [verb]
        if verb != "list" and verb != "check":
            more = more if "--by" in more else ("--by", lead(practice, "ada"), *more)
        if verb in ("check", "load"):
            (tmp_path / "items.csv").write_text(items)
            (tmp_path / "balances.csv").write_text(BALANCES)
            words += [str(tmp_path / "items.csv"), "--as-of", "2026-06-30"]
            words += ["--trial-balance", str(tmp_path / "balances.csv")]
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        opening.add_arguments(parser)
        return opening.run(parser.parse_args([*words, *more])), capsys.readouterr().out

    return command


def test_the_command_checks_loads_lists_and_takes_back(practice, run) -> None:
    checked = run("check", ITEMS, "--json")
    assert (checked[0], json.loads(checked[1])["load"]) == (0, None)

    status, out = run("load", ITEMS, "--json", "--system", "Old Desk")
    report = json.loads(out)
    assert (status, report["claims"], report["items"], report["open"]) == (0, 2, 3, "336.40")
    assert {line["difference"] for line in report["tie"]} == {"0.00"}
    assert "prepared" in run("list")[1]

    number = str(report["load"])
    with pytest.raises(StateError, match="was prepared by you"):
        run("approve", "", number)
    assert (
        run("approve", "", number, "--by", lead(practice, "bea"))[1].strip()
        == f"load {number} posted"
    )
    assert "posted" in run("list")[1]

    asked = run("undo", "", number, "--reason", "wrong day")
    assert asked[1].strip().endswith("waits: a second person takes it back (approve-undo)")
    with pytest.raises(StateError, match="was asked for by you"):
        run("approve-undo", "", number)
    assert "posted" in run("list")[1]
    assert run("keep", "", number)[1].strip() == f"load {number} stays"
    run("undo", "", number, "--reason", "wrong day")
    status, out = run(
        "approve-undo", "", number, "--on", "2026-07-01", "--by", lead(practice, "bea")
    )
    assert (status, "entries reversed" in out) == (0, True)
    assert "undone" in run("list")[1]


def test_the_population_names_both_who_loaded_and_who_approved(practice, run) -> None:
    from cleanclaim.apps.reports.closing.population import approvals
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.selectors import names_of

    number = str(json.loads(run("load", ITEMS, "--json")[1])["load"])
    run("approve", "", number, "--by", lead(practice, "bea"))

    today = timezone.localdate()
    with tenant(practice):
        [one] = [one for one in approvals(today, today) if one.kind == "Opening balances"]
        names = names_of([one.prepared_by, one.approved_by])
    assert (names[one.prepared_by], names[one.approved_by], one.is_apart) == ("Ada", "Bea", True)


def test_a_command_in_nobodys_name_is_refused(practice, run) -> None:
    with pytest.raises(InputError, match="nobody of this organization"):
        run("load", ITEMS, "--by", "stranger@harbor.example")
    browser(practice, "Practice biller", name="Cy")
    with pytest.raises(PermissionRefusedError, match=r"periods\.close"):
        run("load", ITEMS, "--by", f"cy-practice-biller-{practice}@harbor.example")
    assert "no load yet" in run("list")[1]


def test_a_load_that_is_withdrawn_can_come_again(practice, run) -> None:
    number = str(json.loads(run("load", ITEMS, "--json")[1])["load"])

    assert "withdrawn" in run("withdraw", "", number, "--reason", "too early")[1]
    assert json.loads(run("load", ITEMS, "--json")[1])["load"] != int(number)


def test_the_command_names_every_problem_and_posts_nothing(run) -> None:
    wrong = ITEMS.replace(",120.00,120.00,", ",120.00,12O.00,").replace("aunt", "uncle")

    status, out = run("load", wrong)

    assert status == 1
    assert "items, line 2, open: '12O.00', expected dollars and cents" in out
    assert "nothing can be posted" in out
    assert "no load yet" in run("list")[1]
