"""Tables of whole, damaged, strange and missing files; in several processes; and written to a folder."""

import csv
import gzip
import json
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

import pytest

import cleanclaim.edi
from cleanclaim.edi import tables, write_835, write_837p, write_tables
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Diagnosis
from tests.edi.bulk.oracle import bulk, plain
from tests.edi.people import BATCH, CLAIM, ENVELOPE, REMITTANCE

pytest.importorskip("pyarrow", reason="tables need pyarrow")
from cleanclaim.edi.bulk import files

CLAIMS = write_837p([CLAIM] * 3, envelope=ENVELOPE, batch=BATCH)
PAID = write_835([REMITTANCE], envelope=ENVELOPE)


@pytest.mark.parametrize("data", [b"", b" \r\n", b"hello"])
def test_a_file_without_an_interchange_is_refused(data):
    with pytest.raises(InputError):
        list(tables(data))


def test_several_messages_and_kinds_in_one_file_are_counted_on():
    found = bulk(CLAIMS + b"\r\n" + PAID + CLAIMS, file="a.edi")

    assert [(m["file"], m["interchange"], m["group"], m["message"], m["name"]) for m in found["messages"]] == [
        ("a.edi", 1, 1, 1, "837P"), ("a.edi", 2, 2, 2, "835"), ("a.edi", 3, 3, 3, "837P"),
    ]  # fmt: skip
    assert [(m["first_claim"], m["last_claim"]) for m in found["messages"]] == [
        (1, 3),
        (4, 4),
        (5, 7),
    ]
    assert [(c["message"], c["claim"]) for c in found["claims"]] == [
        (1, 1), (1, 2), (1, 3), (2, 4), (3, 5), (3, 6), (3, 7),
    ]  # fmt: skip


def test_any_cell_leads_back_to_its_segment():
    from cleanclaim.edi import read_file

    segments = next(read_file(PAID).messages).segments
    found = bulk(PAID)

    assert [segments[a["position"] - 1] for a in found["adjustments"]] == [
        "CAS*CO*45*25",
        "CAS*PR*2*20",
    ]
    assert {segments[a["parent"] - 1][:4] for a in found["adjustments"]} == {"SVC*"}


def test_a_few_segments_that_say_much_make_more_rows_than_there_are_segments():
    many = replace(
        CLAIM, diagnoses=tuple(Diagnosis(f"I1{n}", "ABF" if n else "ABK") for n in range(12))
    )
    data = write_837p([many] * 2, envelope=ENVELOPE, batch=BATCH)

    found = bulk(data, block_bytes=1)

    assert len(found["codes"]) == 24
    assert {name: rows for name, rows in found.items() if name != "messages"} == plain(data)


def test_segments_without_a_place_are_left_out_and_counted():
    damaged = CLAIMS.replace(b"~SBR*", b"~ZZZ*1~HL*x~SBR*", 1)

    found = bulk(damaged)

    assert [m["unread_segments"] for m in found["messages"]] == [2]
    assert {name: rows for name, rows in found.items() if name != "messages"} == plain(damaged)


def test_cells_that_are_no_money_number_or_day_are_null_and_counted():
    damaged = CLAIMS.replace(b"CLM*C1*125*", b"CLM*C1*12x5*", 1).replace(
        b"D8*20260203", b"D8*20260230", 1
    )

    found = bulk(damaged)

    assert [c["charge"] for c in found["claims"]] == [None, Decimal("125.00"), Decimal("125.00")]
    assert found["lines"][0]["service_from"] is None
    # The charge, and the day both in `lines` and in `dates`.
    assert [m["unread_values"] for m in found["messages"]] == [3]


def test_messages_that_we_do_not_read_are_named_all_the_same():
    unknown = CLAIMS.replace(b"005010X222A1", b"005010X999")

    found = bulk(unknown)

    assert [
        (m["name"], m["guide"], m["unread_segments"] == m["segments"]) for m in found["messages"]
    ] == [(None, "005010X999", True)]
    assert found["claims"] == []


@pytest.mark.parametrize(
    "separators", [b"|>!", "§:~".encode(), "*·~".encode(), "*:¬".encode(), b"*:\n"]
)
def test_any_separators_and_any_alphabet_read_the_same(separators):
    element, component, segment = separators.decode()
    text = CLAIMS.decode().replace("MAPLE CLINIC", "MUÑOZ Ł")
    isa, rest = text[:105], text[105:]
    moved = (isa.replace("*", element)[:104] + component) + rest.replace("*", element).replace(
        ":", component
    ).replace("~", segment)

    found = bulk(moved.encode())

    assert len(found["claims"]) == 3
    assert {name: rows for name, rows in found.items() if name != "messages"} == plain(
        moved.encode()
    )


@pytest.mark.parametrize("before", [b"CLM*", b"REF*", b"SV1*"])
def test_blank_lines_between_lines_are_no_rows(before):
    lines = CLAIMS.replace(b"~", b"\n")
    spaced = lines.replace(b"\n" + before, b"\n\n \n" + before)

    found = bulk(spaced)

    assert {name: rows for name, rows in found.items() if name != "messages"} == plain(spaced)
    assert len(found["claims"]) == 3
    assert [m["unread_segments"] for m in found["messages"]] == [0]


def test_binary_data_that_look_like_segments_are_none():
    folder = Path(cleanclaim.edi.__file__).parent / "hc275" / "samples"
    attached = next(folder.glob("*.edi")).read_bytes()
    at = attached.index(b"BIN*") if b"BIN*" in attached else attached.index(b"BDS*")
    assert at > 0
    length, start = _binary(attached, at)
    document = b"~SE*1*1~IEA*1*000000001~".ljust(length, b"*")[:length]
    hostile = attached[:start] + document + attached[start + length :]

    found = bulk(hostile + PAID)

    assert [m["kind"] for m in found["messages"]] == ["275", "835"]
    assert len(found["claims"]) == 1


def _binary(data: bytes, at: int) -> tuple[int, int]:
    """How long the data of the segment at `at` are, and where they begin."""
    head = data[at : at + 40].split(b"*")
    place = 1 if head[0] == b"BIN" else 2
    return int(head[place]), at + len(b"*".join(head[: place + 1])) + 1


def test_a_cut_off_file_gives_what_it_has():
    found = bulk(CLAIMS[: CLAIMS.rindex(b"CLM*C1*125") + len(b"CLM*C1*12")])

    assert [c["charge"] for c in found["claims"]] == [125, 125, 12]


@pytest.mark.parametrize("block_bytes", [1 << 20, 700])
def test_several_processes_give_the_same_in_the_same_order(block_bytes):
    data = CLAIMS + PAID

    alone = [(name, b.to_pylist()) for name, b in tables(data, block_bytes=block_bytes)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = tables(data, block_bytes=block_bytes, pool=pool)
        several = [(name, batch.to_pylist()) for name, batch in found]

    assert several == alone


@pytest.mark.parametrize("free", [0, 1 << 40])
def test_short_of_memory_the_jobs_files_go_to_the_disk(monkeypatch, tmp_path, free):
    memory, disk = tmp_path / "memory", tmp_path / "disk"
    memory.mkdir()
    disk.mkdir()
    monkeypatch.setattr(files, "_MEMORY", str(memory))
    monkeypatch.setattr(files, "gettempdir", lambda: str(disk))
    monkeypatch.setattr(files, "disk_usage", lambda place: SimpleNamespace(free=free))
    used: set[Path] = set()

    class Here(Executor):
        """Does the work at once and remembers where its files lie."""

        def submit(self, work, /, job, path):
            used.add(Path(path).parent.parent)
            done = Future()
            done.set_result(work(job, path))
            return done

    found = [(name, batch.to_pylist()) for name, batch in tables(PAID, pool=Here())]

    assert found == [(name, batch.to_pylist()) for name, batch in tables(PAID)]
    assert used == {memory if free else disk}
    assert not list(memory.iterdir()) and not list(disk.iterdir())


def test_tables_are_written_as_parquet(tmp_path):
    import pyarrow.parquet as parquet

    source = tmp_path / "claims.edi.gz"
    source.write_bytes(gzip.compress(CLAIMS))
    rows = write_tables(source, tmp_path / "out")

    expected = bulk(source)
    assert rows == {name: len(found) for name, found in expected.items() if found}
    for name in rows:
        assert (
            parquet.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist() == expected[name]
        )
    assert expected["claims"][0]["file"] == "claims.edi.gz"


def test_tables_are_written_as_csv(tmp_path):
    write_tables(PAID, tmp_path, as_="csv")

    with (tmp_path / "adjustments.csv").open(newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [(a["reason"], a["amount"], a["claim"], a["quantity"]) for a in found] == [
        ("45", "25.00", "1", ""),
        ("2", "20.00", "1", ""),
    ]


def test_tables_are_written_as_lines_of_json(tmp_path):
    write_tables(PAID, tmp_path, as_="jsonl")

    found = [
        json.loads(line) for line in (tmp_path / "payments.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(p["paid"], p["paid_on"], p["payer_name"]) for p in found] == [
        ("80.00", "2026-03-09", "HARBOR PLAN")
    ]


def test_an_unknown_form_is_refused(tmp_path):
    with pytest.raises(ValueError, match="xlsx"):
        write_tables(PAID, tmp_path, as_="xlsx")


def test_reading_messages_needs_no_pyarrow():
    code = "import sys, cleanclaim.edi; sys.exit('pyarrow' in sys.modules)"

    root = Path(cleanclaim.edi.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
