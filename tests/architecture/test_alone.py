"""`cleanclaim.edi` and `cleanclaim x12` work with numpy alone: the base install has neither Django nor a database."""

import subprocess
import sys
from pathlib import Path

import pytest

import cleanclaim.edi

SAMPLE = Path(cleanclaim.edi.__file__).parent / "hc837p/samples/encounter.edi"
BLOCKED = ("django", "msgspec", "pyarrow", "yaml", "psycopg", "rich", "structlog", "rapidfuzz")
# A module that is None in sys.modules cannot be imported, as if it were not installed.
_ALONE = f"""
import sys
sys.modules.update(dict.fromkeys({BLOCKED!r}))
import cleanclaim.edi
from cleanclaim.project.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "words",
    [
        ("check", SAMPLE),
        ("check", SAMPLE, "--levels", "1-7", "--json"),
        ("show", SAMPLE),
        ("ack", SAMPLE, "--out", "OUT"),
        ("diff", SAMPLE, SAMPLE),
        ("redact", SAMPLE),
        ("read", SAMPLE, "--as", "jsonl", "--out", "OUT"),
    ],
    ids=lambda words: words[0],
)
def test_x12_commands_need_only_numpy(words, tmp_path):
    given = [str(tmp_path) if word == "OUT" else str(word) for word in words]

    done = subprocess.run(
        [sys.executable, "-c", _ALONE, "x12", *given], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout or any(tmp_path.iterdir()) or words[0] == "diff"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("loop", SAMPLE), "cleanclaim loop needs "),
        (
            ("x12", "read", SAMPLE, "--as", "parquet", "--out", "out"),
            "pip install 'cleanclaim[bulk]'",
        ),
    ],
    ids=["app", "bulk"],
)
def test_what_the_base_install_lacks_is_named(given, said, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, *map(str, given)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 2
    assert said in done.stderr and "pip install" in done.stderr and "Traceback" not in done.stderr
