"""A home of an older release gets the roles that came since, and keeps what its people made of theirs."""

from pathlib import Path

import psycopg
import pytest

from cleanclaim.project import schema, setup
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from tests.conftest import TestDatabase

pytestmark = pytest.mark.database_core
OURS = '["patients.read"]'


@pytest.fixture
def older(tmp_path: Path, database: TestDatabase) -> tuple[Home, Urls]:
    """A home that has neither cash poster nor auditor, whose billers may read patients and move 90.00."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("DELETE FROM users_role")
        owner.execute(
            "INSERT INTO users_role (name, desk, permissions, money_limit) VALUES "
            "('Practice biller', 'practice', %s, 90), ('Front desk', 'practice', %s, 0)",
            [OURS, OURS],
        )
    (tmp_path / "schema.sha256").write_text("of an older release")
    home = Home(tmp_path, "test", "x" * 50, database.name, "")
    return home, Urls(database.owner, database.app, database.worker)


def roles(urls: Urls) -> dict[str, tuple[list[str], str]]:
    with psycopg.connect(urls.owner) as owner:
        rows = owner.execute("SELECT name, permissions, money_limit FROM users_role").fetchall()
    return {name: (permissions, f"{limit:.2f}") for name, permissions, limit in rows}


def start(home: Home, urls: Urls) -> None:
    """As every command that opens the home does first."""
    schema.bring_up_to_date(home, urls, None, setup.environment(home, urls, role="owner"))


def test_roles_that_a_home_lacks_come_with_the_next_start(older: tuple[Home, Urls]) -> None:
    home, urls = older

    start(home, urls)
    found = roles(urls)
    start(home, urls)  # again: nothing is left to do

    assert {"Cash poster", "Auditor", "Billing lead"} <= found.keys()
    assert "remittances.post" in found["Cash poster"][0]
    assert "accounts.adjust" not in found["Auditor"][0]
    assert found["Practice biller"] == (["patients.read"], "90.00")  # as its practice made it
    assert found["Front desk"] == (["patients.read"], "0.00")
    assert roles(urls) == found


def test_without_the_step_the_roles_stay_away(
    older: tuple[Home, Urls], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: only the schema is brought up to date."""
    from cleanclaim.apps.shared.users import services
    from cleanclaim.project import migrate
    from tests.conftest import connect_django

    _, urls = older
    connect_django(urls.owner)
    monkeypatch.setattr(services, "ensure_default_roles", dict)

    migrate.main()

    assert set(roles(urls)) == {"Practice biller", "Front desk"}


def test_a_release_with_another_default_role_is_another_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a home would not look for it at its next start."""
    read = Path.read_bytes
    before = schema.fingerprint()

    monkeypatch.setattr(
        Path,
        "read_bytes",
        lambda path: read(path) + (b"\n" if path.name == "permissions.py" else b""),
    )

    assert schema.fingerprint() != before
