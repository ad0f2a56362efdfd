"""T01: kill -9 of a posting and of its database, at chosen statements: each payment is posted once, the books are 0.00.

`cleanclaim bench post --kills 200` draws the moments. Two twins post without one control, or two, and are found out.
"""

import sys
from pathlib import Path
from random import Random

import pytest

from cleanclaim.project.bench import post_kills
from cleanclaim.project.bench.post_kills import Kill, bench_post_kills, drawn

BROKEN = Path(__file__).with_name("posting_without_controls.py")


def test_kills_at_chosen_statements_change_nothing() -> None:
    """The command, then the worker: amid the intake, amid the posting's transaction, and the database under each."""
    draws = [
        # One that comes after the end counts for nothing.
        *(
            Kill("program", 0.2),
            Kill("program", 0.6),
            Kill("postmaster", 0.5),
            Kill("program", 9.0),
        ),
        *(Kill("program", 0.5), Kill("backend", 0.5)),
    ]

    found = bench_post_kills(kills=5, payments=2, claims=5, seed=3, draws=draws).as_json()

    assert found["problems"] == []
    names = ("command", "worker", "server", "postmaster", "backend")
    assert [found[f"kills_{name}"] for name in names] == [2, 1, 0, 1, 1]
    assert (found["kills"], found["drawn_too_late"], found["payments"]) == (5, 1, 2)


@pytest.mark.parametrize(
    ("without", "told"),
    [
        # What the first look finds: half of a posting, its money without its claims.
        ((), "the proof is off by 2506.00"),
        (("--without-keys",), "entries payment: 10, undisturbed 5"),
    ],
    ids=["no single transaction", "nor keys"],
)
def test_a_posting_without_its_controls_is_found_out(without, told, monkeypatch) -> None:
    """The twins: killed once, right after a commit that should not be."""
    monkeypatch.setattr(post_kills, "MOST_TOLD", 50)
    life = [sys.executable, str(BROKEN), *without]

    report = bench_post_kills(kills=0, payments=1, claims=5, seed=3, life=life)

    assert report.lives == 2
    assert any(told in problem for problem in report.problems), report.problems


def test_a_third_of_the_kills_are_the_databases() -> None:
    ahead = drawn(Random(7))
    kills = [kill for kill in (next(ahead) for _ in range(1000)) if kill]

    share = sum(kill.victim != "program" for kill in kills) / len(kills)

    assert 0.28 < share < 0.38
    assert {kill.victim for kill in kills} == {"program", "server", "postmaster", "backend"}
