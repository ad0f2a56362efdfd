"""The command line's frame: exit codes, one line of error, the home option, `database`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleanclaim.project import cli, postgres
from cleanclaim.project.home import open_home


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit status, output and error output of a command."""
    try:
        status = cli.main(words)
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    "words", [["nonsense"], [], ["database"], ["database", "explode"], ["database", "--nope"]]
)
def test_bad_arguments_leave_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    status, out, err = run(capsys, *words)

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "--help" in err


def test_an_option_that_is_given_twice_leaves_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, "reconcile", "--undo", "12", "--reason", "x", "--undo", "13")

    assert (status, out) == (2, "")
    assert err == (
        "cleanclaim reconcile: argument --undo: is given twice, expected once (see cleanclaim reconcile --help)\n"
    )


def test_an_argument_that_is_no_text_leaves_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, "refunds", "approve", "1", "--by", "\udcff@b.example")

    assert (status, out) == (2, "")
    assert err == ("cleanclaim refunds: argument '\\udcff@b.example': expected text in UTF-8\n")


def test_an_error_leaves_with_2_and_one_line_that_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    status, out, err = run(capsys, "database", "status", "--home", str(tmp_path / "file"))

    assert (status, out) == (2, "")
    assert err == (
        f"cleanclaim database: the home {tmp_path / 'file'} cannot be a folder: "
        "a file is in the way\n"
    )


@pytest.mark.parametrize("before", [True, False])
def test_the_home_may_stand_before_or_after_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, before: bool
) -> None:
    # A home that is named like a command must not be taken for one.
    open_home(tmp_path / "database", kind="test")
    home = ["--home", str(tmp_path / "database")]
    words = ["database", "status", "--json"]

    status, out, _ = run(capsys, *([*home, *words] if before else [*words, *home]))

    assert status == 0
    assert json.loads(out)["home"] == str(tmp_path / "database")


@pytest.mark.parametrize("words", ["audit verify", "token list --organization x", "bench pages"])
def test_the_home_may_stand_after_a_verb_too(words: str) -> None:
    given = [*words.split(), "--home", "some/folder"]

    options = cli._build_parser(given[0]).parse_args(given)

    assert options.home == Path("some/folder")


def test_a_home_word_equal_to_a_command_is_not_the_command() -> None:
    assert cli._wanted_command(["--home", "database", "nonsense"]) is None


def test_database_starts_shows_and_stops(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    try:
        states = [
            json.loads(run(capsys, "database", action, "--home", str(home), "--json")[1])["running"]
            for action in ("create", "stop", "status", "start", "status", "stop", "status")
        ]
    finally:
        postgres.destroy(home)

    assert states == [True, False, False, True, True, False, False]
