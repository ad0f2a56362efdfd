"""Packs the ICD-10-CM order list into the file that `cleanclaim.codes.icd10cm` reads.

    python -m cleanclaim.codes.icd10cm.pack list.csv.gz icd10cm.pack

The list has the columns code (without dot), billable (0 or 1), description. Layout of the pack, all numbers
little-endian 32 bit: the magic text, count of codes, count of blocks, length of the packed codes; one offset
per block; the codes (7 bytes each, blank-padded, with 1 byte for billable, in order, zlib); then the blocks of
`BLOCK` descriptions each (UTF-8, one per line, zlib).
"""

import csv
import gzip
import struct
import sys
import zlib
from pathlib import Path

MAGIC = b"ICD10CM1"
WIDTH = 8
BLOCK = 512


def pack(rows: list[tuple[str, bool, str]]) -> bytes:
    """The pack of (code, billable, description) rows; sorted here, a code that comes twice kept once."""
    rows = sorted({row[0]: row for row in rows}.values())
    codes = b"".join(
        code.ljust(7).encode("ascii") + (b"1" if billable else b"0") for code, billable, _ in rows
    )
    packed_codes = zlib.compress(codes, 9)
    blocks = [
        zlib.compress("\n".join(words for _, _, words in rows[at : at + BLOCK]).encode(), 9)
        for at in range(0, len(rows), BLOCK)
    ]
    offsets = [0]
    for block in blocks:
        offsets.append(offsets[-1] + len(block))
    head = struct.pack("<III", len(rows), len(blocks), len(packed_codes))
    index = struct.pack(f"<{len(offsets)}I", *offsets)
    return MAGIC + head + index + packed_codes + b"".join(blocks)


def main(arguments: list[str]) -> None:
    """Read the list named first, write the pack named second."""
    source, target = (Path(name) for name in arguments)
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        rows = [
            (row["code"], row["billable"] == "1", row["description"])
            for row in csv.DictReader(lines)
        ]
    target.write_bytes(pack(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
