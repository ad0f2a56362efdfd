"""Each check catches what it is for, and lets go what is right."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.architecture import checks

LONG = "def long():\n" + "    x = 1\n" * 70
FITS = "def fits():\n" + "    x = 1\n" * 69


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        (checks.long_functions, LONG, FITS),
        (checks.float_uses, "def f(charge: float): ...", "def f(charge: Decimal): ..."),
        (checks.float_uses, "fee = 12.5", "fee = Decimal('12.5')"),
        (checks.float_uses, "total = float(x)", "total = int(x)"),
        (checks.float_uses, "amount = models.FloatField()", "amount = models.DecimalField()"),
        (checks.impure_imports, "from django.db import models", "from decimal import Decimal"),
        (checks.impure_imports, "import urllib.request", "import datetime"),
        (checks.clock_reads, "day = date.today()", "day = date(2026, 1, 1)"),
        (checks.clock_reads, "now = dt.datetime.now(dt.UTC)", "now = received.now"),
    ],
)
def test_a_check_of_code_catches_what_it_is_for(
    check: Callable[[ast.Module], list[str]], wrong: str, right: str
) -> None:
    assert check(ast.parse(wrong)) != []
    assert check(ast.parse(right)) == []


@pytest.mark.parametrize("folder", ["work", "root", "home/ana", "Users/ana"])
def test_a_path_of_one_machine_is_found(folder: str) -> None:
    assert checks.machine_paths(f"open('/{folder}/claims.837')") != []


@pytest.mark.parametrize(
    "text",
    ["/var/lib/cleanclaim", "src/work/x", "/work", "example.org/home/ana/x", "/api/v1/work/1"],
)
def test_other_paths_are_let_go(text: str) -> None:
    assert checks.machine_paths(text) == []


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("closed-loop.added.md", True),
        ("edit-14.rule.md", True),
        ("closed-loop.md", False),
        ("Closed_Loop.added.md", False),
        ("closed-loop.stuff.md", False),
    ],
)
def test_changelog_fragment_names(name: str, good: bool) -> None:
    assert checks.is_fragment_name(name) is good
