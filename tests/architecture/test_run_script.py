"""`./run` hands over with settings that every start needs."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_bytecode_is_kept_in_the_venv_also_where_the_surroundings_ask_for_none() -> None:
    words = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"

    told = subprocess.run(
        [ROOT / "run", "python", "-c", words],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == ["False", str(ROOT.resolve() / ".venv" / "bytecode")]
