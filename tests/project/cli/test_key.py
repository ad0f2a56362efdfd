"""`cleanclaim key`: a CSV of an EOB is posted whole, shown without a trace, or refused with every place named."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.project.cli import key
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAYER, claim, line

HEADS = "payer,number,check_amount,paid_on,kind,claim,line,paid,adjustments,reason,reference,amount"
GOOD = (
    f"{PAYER.payer_id},10482,248.00,2026-07-08,,A1,1,80,CO-45 30; PR-2 10,,,",
    ",,,,,A1,99214,144,CO-45 36,,,",
    ",,,,,A2,,0,CO-197 120,,,",
    ",,,,provider,,,,,WO,OLD1,1",
    ",,,,unapplied,,,,,,9981,25",
)


@pytest.fixture
def run(practice, monkeypatch, capsys, tmp_path):
    """Run the command on these rows where two claims are open; answers (status, output, errors)."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        Desk().take(claim("A1", line(1), line(2, "99214", "180.00")), claim("A2"))

    def command(*words: str, rows: tuple[str, ...] = GOOD, heads: str = HEADS):
        path = tmp_path / "eob.csv"
        path.write_text("\n".join((heads, *rows)) + "\n")
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        key.add_arguments(parser)
        status = key.run(parser.parse_args([str(path), *words]))
        out, errors = capsys.readouterr()
        return status, out, errors

    return command


def rows_kept(practice: int) -> tuple[int, int]:
    from cleanclaim.apps.billing.keying.models import Batch
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Batch.objects.count(), Leg.objects.filter(account="asset:remit-clearing").count()


def test_a_simulation_shows_what_posting_then_does(run, practice):
    looked, said, _ = run("--simulate", "--json")
    kept = rows_kept(practice)
    done, posted, _ = run("--json")
    again, repeated, _ = run()

    # 80 + 144 - 1 + 25 = 248; money without a claim is held, so the command leaves with 1
    [shown], [made] = json.loads(said)["checks"], json.loads(posted)["checks"]
    assert (looked, done, again) == (1, 1, 1)
    assert kept == (0, 0)
    assert shown["accounts"] == made["accounts"]
    assert made["accounts"]["asset:remit-clearing"] == "248.00"
    assert made["posted_claims"] == 2 and made["remittance"]
    assert len(made["held"]) == 1 and "9981" in made["held"][0]
    assert "is batch" in repeated


def test_a_clean_check_ends_with_zero(run, practice):
    rows = (f"{PAYER.payer_id},7,80.00,2026-07-08,,A2,,80,CO-45 40,,,",)

    status, out, _ = run(rows=rows)

    assert status == 0
    assert "posted as remittance" in out
    assert rows_kept(practice)[0] == 1


def test_every_wrong_row_is_named_and_nothing_is_kept(run, practice):
    rows = (
        f"{PAYER.payer_id},7,80.00,2026-07-08,,A2,,8O,,,,",
        ",,,,,A2,,80,CO45 40,,,",
        ",,,,,,,80,,,,",
    )

    status, _, errors = run(rows=rows)

    assert status == 1
    assert "line 2: paid '8O'" in errors
    assert "line 3: adjustments 'CO45 40'" in errors
    assert "line 4: claim: missing" in errors
    assert rows_kept(practice) == (0, 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("X9,,80", "claim 'X9': none has this number"),
        ("A1,,80", "line '': 2 of the claim fit"),
        ("A1,99999,80", "line '99999': 0 of the claim fit"),
    ],
)
def test_what_names_no_line_is_located(run, practice, row, said):
    rows = (f"{PAYER.payer_id},7,80.00,2026-07-08,,{row},CO-45 40,,,",)

    status, _, errors = run(rows=rows)

    assert status == 1
    assert f"line 2: {said}" in errors
    assert rows_kept(practice) == (0, 0)


def test_a_check_off_by_a_cent_is_not_posted_and_leaves_nothing(run, practice):
    rows = (f"{PAYER.payer_id},7,80.01,2026-07-08,,A2,,80,CO-45 40,,,",)

    status, out, _ = run(rows=rows)

    assert status == 1
    assert "not posted: the tape is off by 0.01" in out
    assert rows_kept(practice) == (0, 0)


def test_another_table_is_refused_by_its_columns(run):
    from cleanclaim.kernel.errors import InputError

    with pytest.raises(InputError, match="column 'colour' is unknown"):
        run(heads=HEADS.replace("reference", "colour"))
