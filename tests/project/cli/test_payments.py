"""`cleanclaim payments`: what is awaited, a card that paid it, and words for what cannot be."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import payments
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import TAKEN_BACK, TYPICAL, claim, pay, remittance
from tests.project.api.conftest import add_person

LEAD = "lead@harbor.example"


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command where 80.00 of one remittance are awaited; answers (exit status, output)."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    add_person(practice, "Billing lead", email=LEAD)
    add_person(practice, "Claims examiner", email="examiner@harbor.example")
    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        pk = Remittance.objects.get().pk

    def command(*words: str, by: str = LEAD) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        payments.add_arguments(parser)
        given = [word.replace("ID", str(pk)) for word in words]
        more = ["--by", by] if words and not words[0].startswith("-") else []
        return payments.run(parser.parse_args([*given, *more])), capsys.readouterr().out

    return command


def test_a_card_pays_and_is_taken_back(run):
    before, listed = run("--json")
    done, words = run("card", "ID", "--fee", "2.40", "--number", "AUTH1")
    after, nothing = run()
    with pytest.raises(StateError, match="was paid by deposit"):
        run("card", "ID", "--fee", "2.40")
    back, said = run("card-undo", "ID", "--reason", "declined", "--json")

    assert (before, json.loads(listed)["total"], json.loads(listed)["awaited"][0]["trace"]) == (
        1, "80.00", "T1",
    )  # fmt: skip
    assert (done, after, nothing.strip()) == (0, 0, "0 payments awaited, 0.00")
    assert "77.60 is awaited as batch" in words and "fee 2.40" in words
    assert (back, "its money is awaited" in json.loads(said)["done"]) == (0, True)
    assert run()[0] == 1


def test_a_payment_is_stopped_reissued_and_taken_back(run):
    stopped = run("reissue", "ID", "--reason", "lost")
    listed = run()
    anew = run("reissue", "ID", "--number", "T5", "--reason", "new check", "--json")
    back = run("reissue-undo", "ID", "--reason", "wrong")

    assert (stopped[0], "is stopped" in stopped[1], "T1, stopped" in listed[1]) == (0, True, True)
    assert (json.loads(anew[1])["awaited_under"], anew[0]) == ("T5", 0)
    assert (back[0], "awaited as before" in back[1]) == (0, True)


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        (("card", "ID", "--fee", "lots"), InputError, "expected dollars and cents"),
        (("card", "ID", "--fee", "80.00"), InputError, "card fee 80.00"),
        (("card", "999999999", "--fee", "1.00"), InputError, "not found"),
        (("card-undo", "ID", "--reason", "x"), StateError, "not paid by card"),
        (("reissue", "ID", "--number", "T1", "--reason", "x"), InputError, "is the stopped one's"),
        (("reissue", "ID", "--number", "T2", "--reason", " "), InputError, "no reason"),
        (("reissue-undo", "ID", "--reason", "x"), StateError, "no reissue that stands"),
    ],
)
def test_what_cannot_be_done_is_said(run, words, error, match):
    with pytest.raises(error, match=match):
        run(*words)


def test_who_may_not_post_may_not_say_so(run):
    with pytest.raises(PermissionRefusedError):
        run("card", "ID", "--fee", "1.00", by="examiner@harbor.example")
    with pytest.raises(InputError, match="nobody of this organization"):
        run("card", "ID", "--fee", "1.00", by="nobody@harbor.example")


def test_a_posting_is_taken_back_whole_or_of_one_claim(run):
    _, one = run("take-back", "ID", "--claim", "1", "--reason", "wrong claim")
    with pytest.raises(InputError, match="has no such payment"):
        run("take-back", "ID", "--claim", "2", "--reason", "wrong claim")
    done, whole = run("take-back", "ID", "--reason", "wrong deposit", "--json")
    with pytest.raises(StateError, match="not posted"):
        run("take-back", "ID", "--reason", "again")

    assert one.startswith("payment 1 of remittance")
    assert (done, "is taken back" in json.loads(whole)["done"]) == (0, True)


@pytest.mark.parametrize(
    ("way", "paid", "words"),
    [
        (("--beside",), "165.00", "posted beside the answer to claim A1"),
        (("--instead", "letter"), "85.00", "posted in place of the answer to claim A1"),
    ],
)
def test_a_second_answer_is_posted_beside_the_first_or_in_its_place(
    practice, run, way, paid, words
) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    otherwise = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
    with tenant(practice):
        [second] = Desk().post(remittance(pay(claim("A1"), otherwise), trace="T2"))
    given = ("apply", str(second.remittance_id), "--claim", "1", "--to", "A1")

    with pytest.raises(StateError, match="answered already"):
        run(*given)
    with pytest.raises(InputError, match="no reason"):
        run(*given, "--instead", "")
    status, said = run(*given, *way)

    assert (status, words in said) == (0, True)
    with tenant(practice):
        assert str(Claim.objects.get().paid) == paid


def test_a_held_payment_is_applied_to_the_claim_that_is_named(practice, run) -> None:
    run("take-back", "ID", "--claim", "1", "--reason", "wrong")

    status, said = run("apply", "ID", "--claim", "1", "--to", "A1")

    assert (status, "is posted on claim A1" in said) == (0, True)
    with pytest.raises(InputError, match="not found"):
        run("apply", "ID", "--claim", "1", "--to", "A9")
    with pytest.raises(InputError, match="has no such payment"):
        run("apply", "ID", "--claim", "2", "--to", "A1")


def test_a_reversal_is_settled_with_the_payment_that_was_taken_back(practice, run) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    run("take-back", "ID", "--claim", "1", "--reason", "wrong")
    taken_back = pay(claim("A1"), TAKEN_BACK, status="22")
    with tenant(practice):
        value = remittance(taken_back, trace="T3", plb=(("FB", "F1", "-80.00"),))
        [back] = Desk().post(value)
    given = (str(back.remittance_id), "--claim", "1")

    settled, said = run("settle", *given)
    apart, words = run("settle-undo", *given, "--reason", "another claim")

    assert (settled, "is settled with the payment" in said) == (0, True)
    assert (apart, "are held again" in words) == (0, True)
