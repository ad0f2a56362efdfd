"""Sample files of others: beside the project, or where CLEANCLAIM_SHARED says."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve()
ROOT = Path(os.environ.get("CLEANCLAIM_SHARED") or _HERE.parents[3] / "shared") / "data" / "x12"


@dataclass(frozen=True)
class Sample:
    """One row of the collection's index."""

    path: Path
    transaction: str
    version: str
    status: str
    expected: str


def samples() -> list[Sample]:
    """Every indexed file; none where the collection is absent."""
    index = ROOT / "INDEX.tsv"
    if not index.exists():
        return []
    rows = [line.split("\t") for line in index.read_text("utf-8").splitlines()[1:]]
    return [Sample(ROOT / row[0], *row[1:5]) for row in rows]


needs_samples = pytest.mark.skipif(
    not (ROOT / "INDEX.tsv").exists(),
    reason=f"the sample collection is not at {ROOT.parent.name}/x12",
)
