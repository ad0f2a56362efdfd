"""The X12 benchmark: what it measures is done, and its ratios are of the methods that they name."""

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.bench import edi, edi_memory


def test_ratios_come_from_the_methods_that_they_name(monkeypatch):
    monkeypatch.setattr(edi, "MESSAGES", ("837P",))
    monkeypatch.setattr(edi, "METHODS", ("split", "tables", "write"))
    monkeypatch.setattr(edi, "QUICK_RUNS", 1)

    found = edi.bench_edi(claims=30)

    split, tables, write = found["timings"]
    assert set(found["ratios"]) == {"tables_vs_split"}
    expected = split["cpu_seconds"] / tables["cpu_seconds"]
    assert found["ratios"]["tables_vs_split"] == pytest.approx(expected, abs=0.02)
    assert split["said"].endswith(" segments") and tables["said"].endswith(" rows")
    assert int(write["said"].split()[0]) > 10_000


def test_memory_is_measured_at_the_size_asked_for(monkeypatch):
    monkeypatch.setattr(edi_memory, "MESSAGES", ("835",))
    monkeypatch.setattr(edi_memory, "BARS_MB", {"read": 120})

    found = edi_memory.bench_memory(sizes_mb=[1])

    (row,) = found["peaks"]
    assert found["within_bars"]
    assert (row["size_mb"], row["claims"] % 500, row["method"]) == (1, 0, "read")
    assert 20 < row["peak_mb"] <= 120


def test_a_method_that_fails_is_named(tmp_path):
    with pytest.raises(InputError, match="read of none"):
        edi.run_method("read", tmp_path / "none", tmp_path / "none")
