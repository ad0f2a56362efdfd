"""`cleanclaim x12`: what a person and a program get for good, bad and unreadable files."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleanclaim import edi
from cleanclaim.edi.report import as_record
from cleanclaim.project.cli import main

SAMPLE = Path(edi.__file__).parent / "hc837p" / "samples" / "encounter.edi"
REMITTANCE = next((Path(edi.__file__).parent / "hc835" / "samples").glob("*.edi"))


@pytest.fixture
def x12(capsys):
    def run(*arguments):
        status = main(["x12", *map(str, arguments)])
        out = capsys.readouterr()
        return status, out.out, out.err

    return run


@pytest.fixture
def bad(tmp_path) -> Path:
    path = tmp_path / "bad.edi"
    path.write_bytes(SAMPLE.read_bytes().replace(b"DMG*D8*19800517*F", b"DMG*D8*19801317*F"))
    return path


def test_a_good_file_is_accepted_in_words(x12):
    status, out, err = x12("check", SAMPLE)

    assert (status, err) == (0, "")
    assert out == f"{SAMPLE}: accepted: 1 message (837P), 0 rejected, 0 errors, 0 warnings\n"


def test_a_bad_file_is_one_json_object_with_the_place_of_the_fault(x12, bad):
    status, out, _ = x12("check", bad, "--json")

    record = json.loads(out)
    assert status == 1
    assert record["accepted"] is False
    assert record["transactions"] == [
        {
            "type": "837P",
            "guide": "005010X222A1",
            "control": "0001",
            "accepted": False,
            "segments": 25,
        }
    ]
    [finding] = record["findings"]
    assert (
        finding["message"] == "not a day of the calendar, expected CCYYMMDD"
        or finding["code"] == "8"
    )
    assert [finding[k] for k in ("answer", "code", "grade", "position", "loop", "segment", "element", "value")] == [
        "IK403", "8", "error", 17, "2010BA", "DMG", 2, "19801317",
    ]  # fmt: skip


def test_an_unreadable_file_is_told_in_one_line_and_does_not_stop_the_others(x12, tmp_path):
    junk = tmp_path / "junk.txt"
    junk.write_text("hello")

    status, out, err = x12("check", tmp_path / "none.edi", junk, SAMPLE, "--json")

    assert status == 2
    assert [json.loads(line)["accepted"] for line in out.splitlines()] == [False, False, True]
    assert err.splitlines()[0].endswith("none.edi: No such file or directory")
    assert "not an X12 file: found 'hello' at byte 0" in err.splitlines()[1]


def test_packed_files_are_unpacked(x12, tmp_path):
    packed, folder = tmp_path / "claims.gz", tmp_path / "claims.zip"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    with zipfile.ZipFile(folder, "w") as archive:
        archive.writestr("a.edi", SAMPLE.read_bytes())
        archive.writestr("b.edi", REMITTANCE.read_bytes())

    assert x12("check", packed)[0] == 0
    assert "2 messages (835, 837P)" in x12("check", folder)[1]


def test_standard_input_is_checked(x12, monkeypatch):
    piped = SimpleNamespace(buffer=io.BytesIO(SAMPLE.read_bytes()))
    monkeypatch.setattr("sys.stdin", piped)

    status, out, _ = x12("check", "-")

    assert (status, out.startswith("-: accepted: 1 message")) == (0, True)


def test_a_damaged_packed_file_is_unreadable(x12, tmp_path):
    packed = tmp_path / "claims.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes())[:-30])

    status, _, err = x12("check", packed)

    assert status == 2
    assert "damaged gzip file" in err


def test_levels_choose_what_is_found(x12, bad):
    assert x12("check", bad, "--levels", "3")[0] == 0
    assert x12("check", bad, "--levels", "1-2,5")[0] == 1
    with pytest.raises(SystemExit) as stopped:
        x12("check", bad, "--levels", "9")
    assert stopped.value.code == 2


def test_show_indents_loops_and_puts_findings_under_their_segment(x12, bad):
    status, out, _ = x12("show", bad)

    lines = out.splitlines()
    at = next(n for n, line in enumerate(lines) if "DMG*D8*19801317*F" in line)
    assert status == 1
    assert "2010BA subscriber" in "\n".join(lines[:at])
    assert (
        lines[at + 1].strip() == "! DMG02 '19801317': not a date or time in the format D8 [IK403 8]"
    )


@pytest.mark.parametrize("folder", ["hc837p", "hc837i", "hc837d"])
def test_ack_answers_each_claim_of_an_accepted_file(x12, tmp_path, folder):
    for sample in (Path(edi.__file__).parent / folder / "samples").glob("*.edi"):
        status, _, _ = x12("ack", sample, "--out", tmp_path)
        answer = edi.read_file((tmp_path / f"{sample.stem}.277CA.x12").read_bytes())
        statuses = [
            claim
            for message in answer.messages
            for provider in message.claim_acknowledgement().providers
            for claim in provider.claims
        ]

        assert (status, answer.is_accepted) == (0, True)
        assert len(statuses) == sample.read_bytes().count(b"CLM*")
        assert {claim.category for claim in statuses} == {"A2"}


def test_ack_refuses_only_the_claim_where_asked(x12, tmp_path):
    wrong = tmp_path / "wrong.edi"
    wrong.write_bytes(SAMPLE.read_bytes().replace(b"*11:B:1*Y*A*", b"*11:B:1*Q*A*"))

    whole = x12("ack", wrong, "--out", tmp_path / "message")
    claim = x12("ack", wrong, "--out", tmp_path / "claim", "--refuse", "claim")

    assert (whole[0], claim[0]) == (1, 1)
    assert "IK5*R*5" in (tmp_path / "message" / "wrong.999.x12").read_text()
    assert not (tmp_path / "message" / "wrong.277CA.x12").exists()
    assert "IK5*E*5" in (tmp_path / "claim" / "wrong.999.x12").read_text()
    assert "STC*A3:21" in (tmp_path / "claim" / "wrong.277CA.x12").read_text()


def test_ack_answers_a_bad_file_with_a_999(x12, bad, tmp_path):
    status, out, _ = x12("ack", bad, "--out", tmp_path / "out")

    [target] = out.split()
    data = Path(target).read_bytes()
    assert status == 1
    assert b"AK2*837*0001*005010X222A1~IK3*DMG*17*2010*8~" in data
    assert b"IK4*2*1251*8*19801317~IK5*R*5~AK9*R*1*1*0" in data
    assert edi.check(data).is_accepted


def test_read_writes_typed_values_as_lines(x12, tmp_path):
    assert x12("read", SAMPLE, "--out", tmp_path)[0] == 0

    [line] = (tmp_path / "encounter.jsonl").read_text().splitlines()
    value = json.loads(line)["value"]
    assert (value["charge"], value["lines"][0]["service_from"]) == ("125", "2026-02-03")


def test_diff_names_the_claim_and_the_elements(x12, tmp_path):
    other = tmp_path / "other.edi"
    other.write_bytes(SAMPLE.read_bytes().replace(b"SV1*HC:99213:25*125", b"SV1*HC:99213:25*126"))

    assert x12("diff", SAMPLE, SAMPLE)[:2] == (0, "")
    status, out, _ = x12("diff", SAMPLE, other, "--json")

    found = json.loads(out)
    assert status == 1
    assert (found["unit"], found["loop"], found["elements"]) == ("837P C1", "2400", [2])


def test_diff_names_a_loop_once(x12, tmp_path):
    other = tmp_path / "other.edi"
    changed = SAMPLE.read_bytes().replace(b"SV1*HC:99213:25*125", b"SV1*HC:99213:25*126")
    other.write_bytes(changed.replace(b"DTP*472*D8*20260203", b"DTP*472*D8*20260204"))

    status, out, _ = x12("diff", SAMPLE, other)

    assert status == 1
    assert [line for line in out.splitlines() if line[:3] != "   "] == ["837P C1", "  2400"]
    assert "    + DTP*472*D8*20260204  (elements 03)" in out.splitlines()


def test_redact_keeps_lengths_and_validity_and_no_name(x12, tmp_path):
    once, again = tmp_path / "once.edi", tmp_path / "again.edi"
    assert x12("redact", SAMPLE, "--key", "k", "--out", once)[0] == 0
    assert x12("redact", SAMPLE, "--key", "k", "--out", again)[0] == 0

    before, after = SAMPLE.read_text().rstrip(), once.read_text()
    assert after == again.read_text()
    assert len(after) == len(before)
    assert [s.split("*")[0] for s in after.split("~")] == [
        s.split("*")[0] for s in before.split("~")
    ]
    for secret in ("RIVERA", "ANA", "H100200300", "12 ELM ST", "19800517", "MAPLE", "1234567893"):
        assert secret not in after
    assert x12("check", once)[0] == 0


def test_rules_lists_the_checks_of_a_message_with_what_each_expects(x12):
    status, out, _ = x12("rules", "835", "--levels", "3")

    assert status == 0
    assert "L3 payment-total" in out
    assert "Payment = claims paid less provider adjustments" in out
    assert "claim-total" not in out


def test_rules_are_given_to_programs_as_one_object_a_line(x12):
    _, out, _ = x12("rules", "--json")

    rows = [json.loads(line) for line in out.splitlines()]
    assert {"name", "level", "messages", "grade", "expects"} <= set(rows[0])
    assert {row["name"] for row in rows} >= {"npi", "claim-total", "payer-order"}


def test_rules_of_an_unknown_message_are_refused(x12):
    status, _, err = x12("rules", "999X")

    assert status == 2
    assert "837P" in err


def test_a_finding_names_its_check():
    wrong = SAMPLE.read_bytes().replace(b"CLM*C1*125*", b"CLM*C1*126*")

    record = as_record("wrong.edi", edi.read_file(wrong))

    assert [finding["rule"] for finding in record["findings"]] == ["claim-total"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_read_writes_tables(x12, tmp_path, form):
    status, out, _ = x12("read", REMITTANCE, "--as", form, "--out", tmp_path / "tables")

    assert status == 0
    assert any(line.startswith(f"{tmp_path / 'tables' / 'claims'}") for line in out.splitlines())
    assert list((tmp_path / "tables").glob(f"claims*.{form}"))


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_a_partners_own_rules_are_level_7(x12, tmp_path, ending):
    rules = tmp_path / f"rules.{ending}"
    row = {
        "name": "auth",
        "message": "837P",
        "at": "2300.REF*G1",
        "required": True,
        "says": "wanted",
    }
    rules.write_text(json.dumps([row]))

    status, out, _ = x12("check", SAMPLE, "--partner", rules, "--json")

    [finding] = json.loads(out)["findings"]
    assert status == 1
    assert [finding[k] for k in ("level", "rule", "loop", "segment", "message")] == [
        7, "auth", "2300", "REF", "wanted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "expected a list of rules"),
        ("[1", "rules.json:"),
        ('[{"name": "x"}]', "a place such as"),
    ],
)
def test_a_bad_file_of_rules_is_told_in_one_line(x12, tmp_path, text, words):
    rules = tmp_path / "rules.json"
    rules.write_text(text)

    status, _, err = x12("check", SAMPLE, "--partner", rules)

    assert status == 2
    assert words in err and len(err.splitlines()) == 1


def test_the_grade_of_a_check_can_be_set(x12, tmp_path):
    other = tmp_path / "other.edi"
    other.write_bytes(SAMPLE.read_bytes().replace(b"1234567893", b"1234567890"))

    assert x12("check", other)[0] == 0
    assert x12("check", other, "--grade", "npi=error")[0] == 1
    assert "npi" not in x12("check", other, "--grade", "npi=off", "--json")[1]
    with pytest.raises(SystemExit):
        x12("check", other, "--grade", "none=error")


def test_a_reader_that_goes_away_gets_no_complaint(tmp_path):
    """`show FILE | head -1`: the rest of a long file has nobody to go to."""
    long = tmp_path / "long.edi"
    long.write_bytes(SAMPLE.read_bytes() * 400)
    with subprocess.Popen(
        [sys.executable, "-m", "cleanclaim.project.cli", "x12", "show", str(long)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout and command.stderr
        command.stdout.readline()
        command.stdout.close()

        said = command.stderr.read()

    assert said == b""
