"""The schema of a home: migrated as the owner, or poured from the last fresh one of this code.

Some eighty migrations take several seconds on an empty database. The first fresh home of a release leaves a dump in the
user's cache folder, named by the digest of all migrations; the next ones are poured from it in under a second.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from cleanclaim.kernel.errors import ExternalError
from cleanclaim.project.home import Home
from cleanclaim.project.postgres import Server, programs
from cleanclaim.project.postgres.roles import Urls

PREFIX_MARK = "cleanclaim_role_prefix_here"


def fingerprint() -> str:
    """The name of the schema that this code expects: a digest of all migrations, SQL files, rights and default roles."""
    digest = hashlib.sha256()
    source = Path(__file__).parents[1]
    for path in sorted([*source.glob("apps/**/migrations/*"), *source.glob("apps/**/models*.py")]):
        if path.is_file() and path.suffix in (".py", ".sql"):
            digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    for name in (
        "apps/shared/tenancy/database_rules.py",
        "apps/shared/users/permissions.py",  # the roles that every home starts with
        "project/settings.py",
    ):
        digest.update((source / name).read_bytes())
    lock = source.parent.parent / "requirements.lock"  # third-party apps bring migrations too
    if lock.exists():
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def bring_up_to_date(
    home: Home, urls: Urls, server: Server | None, environment: dict[str, str]
) -> None:
    """Migrate as the owner in a child process, when the schema is not this code's.

    Args:
        environment: what the child needs to set Django up as the owner.

    Raises:
        ExternalError: a migration failed; the message carries its last line.
    """
    wanted = fingerprint()
    mark = home.path / "schema.sha256"
    if mark.exists() and mark.read_text() == wanted:
        return
    cache = _cache_folder() / f"schema-{wanted[:32]}.sql"
    is_fresh = server is not None and _is_empty(urls.owner)
    if not (is_fresh and cache.exists() and _pour(cache, home, urls)):
        _migrate(environment)
        if is_fresh and server is not None:
            _keep(cache, home, server)
    mark.write_text(wanted)


def _migrate(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim.project.migrate"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExternalError(f"migrations failed: {last}", retryable=False, hint=done.stderr[-3000:])


def _is_empty(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchone()
        return row is None


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "cleanclaim"


def _keep(cache: Path, home: Home, server: Server) -> None:
    """Dump the fresh schema for the next home. Only a help: whatever goes wrong, the home is good."""
    program = programs.in_wheel() / "bin" / "pg_dump"
    url = server.url(database=home.database, user=server.superuser)
    done = subprocess.run(
        [str(program), "--no-owner", "--inserts", url], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return
    lines = [
        # psql's own commands and the public schema's comment are not the owner's to run
        line
        for line in done.stdout.replace(home.role_prefix, PREFIX_MARK).splitlines()
        if not line.startswith("\\") and not line.startswith("COMMENT ON SCHEMA")
    ]
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(f".{os.getpid()}")
        draft.write_text("\n".join(lines))
        draft.replace(cache)
    except OSError:
        return


def _pour(cache: Path, home: Home, urls: Urls) -> bool:
    """Fill the empty database from the dump in one transaction; False leaves it empty as before."""
    script = cache.read_text().replace(PREFIX_MARK, home.role_prefix)
    try:
        with psycopg.connect(urls.owner) as connection:
            connection.execute(script.encode(), prepare=False)
    except psycopg.Error:
        return False
    return True
