"""`cleanclaim receipts` and `cleanclaim refunds`: money taken, given back under two persons, and come back."""

import argparse
import json
from contextlib import nullcontext
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import credits, receipts, refunds
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim
from tests.project.api.conftest import add_person

ANA, LEE, MAX, CLERK = (f"{name}@harbor.example" for name in ("ana", "lee", "max", "clerk"))
BANK = ("--routing", "011000015", "--account", "778120", "--company-id", "1310000001", "--company", "Harbor")  # fmt: skip


@pytest.fixture
def patient_id(practice, monkeypatch) -> int:
    """A patient who owes nothing; three leads and somebody who only looks."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    for email in (ANA, LEE, MAX):
        add_person(practice, "Billing lead", email=email)
    add_person(practice, "Claims examiner", email=CLERK)
    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(claim("A1"))
        return desk.row(claim_id).patient_id


@pytest.fixture
def run(patient_id, capsys):
    """Run a command; answers (exit status, output)."""

    def command(module, *words: object, by: str = "") -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        module.add_arguments(parser)
        more = ["--by", by] if by else []
        given = parser.parse_args([*map(str, words), *more])
        return module.run(given), capsys.readouterr().out

    return command


def told(run, module, *words: object, by: str = "") -> dict:
    return json.loads(run(module, *words, "--json", by=by)[1])


@pytest.fixture
def prepaid(run, patient_id) -> dict:
    """50.00 by card."""
    words = ("take", patient_id, "--amount", "50.00", "--kind", "prepayment", "--method", "card")
    return told(run, receipts, *words, "--number", "AUTH7", "--key", "k1", by=ANA)


def test_a_receipt_is_taken_once_listed_and_comes_back(run, patient_id, prepaid):
    words = ("take", patient_id, "--amount", "50.00", "--kind", "prepayment", "--method", "card", "--number", "AUTH7")  # fmt: skip
    again = run(receipts, *words, "--key", "k1", by=ANA)
    with pytest.raises(StateError, match="differs in note"):
        run(receipts, *words, "--note", "x", "--key", "k1", by=ANA)
    listed = run(receipts, "--state", "kept", "--patient", patient_id)
    back = told(run, receipts, "return", prepaid["receipt"], "--as", "chargeback", "--fee", "15.00", "--reason", "disputed", by=ANA)  # fmt: skip

    assert (prepaid["amount"], prepaid["unapplied"], prepaid["state"]) == ("50.00", "50.00", "kept")
    assert again == (0, f"receipt {prepaid['receipt']}: 50.00 was taken before, once\n")
    assert "50.00 unapplied" in listed[1] and "1 receipt, 50.00" in listed[1]
    assert (back["state"], back["returned_as"], back["fee"]) == ("returned", "chargeback", "15.00")
    assert run(receipts, "--state", "kept")[1] == "0 receipts, 0.00\n"
    with pytest.raises(StateError, match="came back on"):
        run(receipts, "return", prepaid["receipt"], "--as", "nsf", by=ANA)
    kept = told(
        run, receipts, "undo-return", prepaid["receipt"], "--reason", "another card", by=ANA
    )
    assert (kept["state"], kept["unapplied"], kept["ended_on"]) == ("kept", "50.00", None)


def test_a_receipt_is_applied_and_voided(run, prepaid):
    number = prepaid["receipt"]

    assert run(receipts, "apply", number, by=ANA) == (0, f"0.00 of receipt {number} applied\n")
    assert f"receipt {number} is voided" in run(receipts, "void", number, "--reason", "slip", by=ANA)[1]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "by", "error", "match"),
    [
        (("take", "ID", "--amount", "lots", "--method", "cash"), ANA, InputError, "dollars and cents"),
        (("take", "ID", "--amount", "1.00", "--method", "cash"), CLERK, PermissionRefusedError, "remittances"),
        (("take", "ID", "--amount", "1.00", "--method", "cash", "--day", "2026-01-05"), ANA, InputError, "expected --note"),
        (("return", "999999", "--as", "nsf"), ANA, InputError, "receipt 999999: not found"),
        (("--state", "lost"), "", InputError, "expected one of kept"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_receipt_is_told(run, patient_id, words, by, error, match):
    with pytest.raises(error, match=match):
        run(receipts, *(str(patient_id) if word == "ID" else word for word in words), by=by)


@pytest.fixture
def waiting(run, prepaid) -> int:
    """The refund of the prepayment, requested by Ana."""
    [credit] = told(run, credits)["organizations"][0]["credits"]
    return told(run, refunds, "prepare", credit["key"], by=ANA)["refund"]


def test_a_refund_goes_its_way_and_comes_back(run, waiting, prepaid, tmp_path):
    with pytest.raises(PermissionRefusedError, match="requested by you"):
        run(refunds, "approve", waiting, by=ANA)
    approved = run(refunds, "approve", waiting, by=LEE)
    file = told(run, refunds, "issue", waiting, "--method", "check", "--out", tmp_path, *BANK, by=MAX)  # fmt: skip
    stopped = run(refunds, "stop", waiting, "--reason", "lost", by=LEE)
    to = f"{waiting}={prepaid['receipt']}"
    card = run(refunds, "issue", waiting, "--method", "card", "--to", to, by=MAX)
    cleared = run(refunds, "clear", waiting, by=LEE)
    back = told(run, refunds, "came-back", waiting, "--as", "returned", "--reason", "card closed", by=LEE)  # fmt: skip

    assert f"refund {waiting}: 50.00 to Chidi Okafor approved" in approved[1]
    assert (file["count"], file["amount"], file["refunds"][0]["reference"]) == (1, "50.00", "1001")
    assert sorted(one.name for one in tmp_path.iterdir()) == [file["name"], f"positive-pay-{file['name']}"]  # fmt: skip
    assert b"1001" in (tmp_path / file["name"]).read_bytes()
    assert "approved to go out anew" in stopped[1] and "1 refund, 50.00: file" in card[1]
    assert "cleared the bank" in cleared[1]
    assert (back["state"], back["came_back"], back["reference"]) == ("approved", "returned", "")
    out = told(run, refunds, "undo-came-back", waiting, "--reason", "another one", by=LEE)
    issued = told(run, refunds, "undo-clear", waiting, "--reason", "another one", by=LEE)
    assert (out["state"], issued["state"], issued["method"]) == ("cleared", "issued", "card")
    run(refunds, "came-back", waiting, "--as", "returned", "--reason", "card closed", by=LEE)
    assert "1 refund, 50.00; 0 overdue" in run(refunds, "--state", "approved")[1]


def test_a_transfer_goes_to_the_account_that_was_prepared_with_it(run, prepaid, tmp_path):
    [credit] = told(run, credits)["organizations"][0]["credits"]
    words = ("prepare", credit["key"], "--transfer-to", "021000021:654321")
    number = told(run, refunds, *words, by=ANA)["refund"]
    run(refunds, "approve", number, by=LEE)
    send = ("issue", number, "--method", "eft", *BANK, "--out", tmp_path)

    with pytest.raises(InputError, match="expected the approved account 654321"):
        run(refunds, *send, "--to", f"{number}=021000021:654322", by=MAX)
    file = told(run, refunds, *send, by=MAX)

    assert b"654321" in (tmp_path / file["name"]).read_bytes()


def test_an_overdue_refund_leaves_with_one(run, waiting, practice):
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    assert run(refunds)[0] == 0
    with tenant(practice):
        Refund.objects.update(due_on="2020-01-01")

    status, words = run(refunds)
    assert (status, "overdue" in words) == (1, True)
    assert told(run, refunds)["refunds"][0]["amount"] == f"{Decimal(50):.2f}"


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        (("approve", "999999"), InputError, "refund 999999: not found"),
        (("prepare", "asset:bank|0|0|0|"), StateError, "credit is not there"),
        (("prepare", "x", "--to", "payer"), InputError, "expected payer:ID"),
        (("issue", "ID", "--method", "card", "--to", "7"), InputError, "expected REFUND=ROUTING"),
        (
            ("issue", "ID", "--method", "check"),
            StateError,
            "is waiting for approval, expected approved",
        ),
        (("--state", "gone"), InputError, "expected one of identified"),
    ],
)
def test_what_cannot_be_refunded_is_told(run, waiting, words, error, match):
    given = [str(waiting) if word == "ID" else word for word in words]
    with pytest.raises(error, match=match):
        run(refunds, *given, by="" if words[0] == "--state" else LEE)


@pytest.mark.parametrize("act", [("approve",), ("clear",), ("stop", "--reason", "x")])
def test_a_refund_that_is_not_there_is_told(run, act):
    with pytest.raises(InputError, match="refund 0: not found"):
        run(refunds, act[0], 0, *act[1:], by=ANA)
