"""Sample files of others, and what we object to: beside the project, or where CLEANCLAIM_SHARED says."""

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

# `valid` in the index, yet against the guide: what we object to (carrier, code, segment), which is right.
OBJECTIONS = {
    "MedicaidExample.txt": (
        "IK304",
        "3",
        "HI",
    ),  # masked example: no diagnoses, wrong code lists and total
    "demo.cob.example3.A.837": ("IK304", "3", "NM1"),  # other coverage without its payer (2330B)
    "837-header-ref-only.edi": ("IK304", "3", "HL"),  # a header only
    "sample837-small.edi": ("IK304", "3", "HL"),  # a header only
    # GS08 says professional, ST03 institutional; the second also changes its component separator
    "Spec_3.1.2_TwoClaimsForTheSameProvider.txt": ("IK502", "19", "ST"),
    "Spec_3.1.4_OutOfNetworkRepricedClaim.txt": ("IK502", "19", "ST"),
    # ISA16 says `:`, yet CLM05 and HI are put together with `>`
    "out-of-network-repriced-claim.837i": ("IK403", "1", "CLM"),
    "managed-care.835": ("IK403", "8", "BPR"),  # month 23
    "cob-contractural-adjustment.835": (
        "IK403",
        "1",
        "BPR",
    ),  # no payment date, wrong component separator
    "277_Deidentified_from_nth.txt": ("IK403", "9", "BHT"),  # time masked as 9999
    "DHS_Wisconsin_Sample.txt": ("IK403", "4", "AK2"),  # control number of three characters
}
