"""`cleanclaim token`: a key for a program, made, listed and taken back from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "cleanclaim.project.cli"]


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("CLEANCLAIM", "DJANGO"))
    }
    return subprocess.run(
        [*PROGRAM, "--home", str(home), "token", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


_ADD = """
import sys
from pathlib import Path
from cleanclaim.project.setup import open_django
with open_django(Path(sys.argv[1]), kind="test"):
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
    print(find_or_add_organization(kind="practice", name="Harbor", npi="1234567893").slug)
"""


@pytest.mark.slow
def test_a_token_is_made_listed_and_taken_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    added = subprocess.run(
        [sys.executable, "-c", _ADD, str(home)], capture_output=True, text=True, check=True
    )
    slug = added.stdout.split()[-1]
    whose = ("--organization", slug, "--json")

    made = json.loads(_run(home, "create", "--scopes", "claims.read,files.read", *whose).stdout)
    wrong = _run(home, "create", "--scopes", "claims.everything", *whose)
    taken = _run(home, "revoke", str(made["id"]), *whose)
    [listed] = json.loads(_run(home, "list", *whose).stdout)["tokens"]

    assert made["token"].startswith("cct_")
    assert listed["scopes"] == ["claims.read", "files.read"]
    assert listed["revoked_at"] is not None
    assert made["token"].split("_", 2)[2] not in json.dumps(listed)
    assert (wrong.returncode, taken.returncode) == (2, 0)
    assert "claims.everything" in wrong.stderr
