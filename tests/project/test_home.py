"""The home folder: made once, of one kind for ever, closed to others."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.project import home as homes
from cleanclaim.project.home import home_path, open_home


def test_a_new_home_is_closed_to_others_and_opens_as_it_was_made(tmp_path: Path) -> None:
    made = open_home(tmp_path / "home", kind="demo")

    again = open_home(tmp_path / "home")

    assert again == made
    assert made.kind == "demo"
    assert len(made.secret_key) >= 50
    assert made.path.stat().st_mode & 0o777 == 0o700
    assert (made.path / "home.toml").stat().st_mode & 0o777 == 0o600


def test_without_a_kind_a_new_home_is_production(tmp_path: Path) -> None:
    assert open_home(tmp_path / "home").kind == "production"


@pytest.mark.parametrize(("made_as", "asked_as"), [("production", "demo"), ("demo", "test")])
def test_a_home_of_another_kind_is_refused(tmp_path: Path, made_as: str, asked_as: str) -> None:
    open_home(tmp_path / "home", kind=made_as)

    with pytest.raises(StateError, match=f"made as a {made_as} world"):
        open_home(tmp_path / "home", kind=asked_as)

    assert open_home(tmp_path / "home").kind == made_as


def test_homes_share_no_secret_database_or_role(tmp_path: Path) -> None:
    first, second = open_home(tmp_path / "a"), open_home(tmp_path / "b")

    assert first.secret_key != second.secret_key
    assert first.database != second.database
    assert first.role_prefix != second.role_prefix


def test_makers_at_once_agree_on_one_home(tmp_path: Path) -> None:
    found: list[homes.Home] = []
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait()
        found.append(open_home(tmp_path / "home", kind="test"))

    makers = [threading.Thread(target=make) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert len(found) == 8
    assert len({home.secret_key for home in found}) == 1
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["home.toml"]


@pytest.mark.parametrize("text", ["", "kind = ", 'kind = "demo"\n', "\x00\xff"])
def test_a_broken_note_is_named_and_left_alone(tmp_path: Path, text: str) -> None:
    note = open_home(tmp_path / "home").path / "home.toml"
    note.write_text(text, encoding="latin-1")

    with pytest.raises(InputError, match=r"home\.toml is broken"):
        open_home(tmp_path / "home")

    assert note.read_text(encoding="latin-1") == text


def test_an_unknown_kind_is_refused_in_call_and_note(tmp_path: Path) -> None:
    note = open_home(tmp_path / "home").path / "home.toml"
    note.write_text(note.read_text().replace('"production"', '"playground"'), encoding="utf-8")

    with pytest.raises(InputError, match="'playground'"):
        open_home(tmp_path / "home")
    with pytest.raises(InputError, match="'sandbox'"):
        open_home(tmp_path / "other", kind="sandbox")

    assert not (tmp_path / "other").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match="in the way"):
        open_home(tmp_path / "file")
    with pytest.raises(InputError, match="in the way"):
        open_home(tmp_path / "file" / "below")


def test_the_folder_comes_from_option_then_environment_then_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("CLEANCLAIM_HOME", str(tmp_path / "named"))

    assert home_path(tmp_path / "given") == tmp_path / "given"
    assert home_path() == tmp_path / "named"

    monkeypatch.delenv("CLEANCLAIM_HOME")
    assert home_path() == tmp_path / "xdg" / "cleanclaim"

    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_path() == tmp_path / ".local" / "share" / "cleanclaim"


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    home = open_home(Path("here"))

    os.chdir("/")
    assert home.path == tmp_path / "here"


def test_a_folder_with_the_users_files_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "claims.837").write_text("", encoding="utf-8")

    open_home(folder)

    assert folder.stat().st_mode & 0o777 == 0o755
