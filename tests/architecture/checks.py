"""Checks that work on one text or tree, so that each can be shown to catch what it is for."""

from __future__ import annotations

import ast
import re

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 70

# What a pure floor must never reach for: frameworks, databases, networks, other processes.
IMPURE_PACKAGES = frozenset(
    [
        "django",
        "psycopg",
        "psycopg_pool",
        "procrastinate",
        "requests",
        "urllib3",
        "httpx",
        "aiohttp",
        "socket",
        "ssl",
        "http",
        "urllib",
        "smtplib",
        "ftplib",
        "subprocess",
        "multiprocessing",
        "asyncio",
        "threading",
        "sqlite3",
        "ninja",
        "allauth",
    ]
)
CLOCK_CALLS = frozenset(
    {
        "date.today", "datetime.today", "datetime.now", "datetime.utcnow", "time.time",
        "time.monotonic", "time.localtime", "time.gmtime", "time.time_ns",
    }
)  # fmt: skip


def long_functions(tree: ast.Module) -> list[str]:
    """Functions past the limit, with their lines."""
    return [
        f"{node.name} at line {node.lineno}: {_length(node)} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > MAX_FUNCTION_LINES
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def float_uses(tree: ast.Module) -> list[str]:
    """Every mention of `float` and every number written with a point or an exponent."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in {"float", "float64", "float32"}:
            found.append(f"line {node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr in {"float64", "float32", "FloatField"}:
            found.append(f"line {node.lineno}: {node.attr}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: {node.value!r}")
    return found


def impure_imports(tree: ast.Module) -> list[str]:
    """Imports of packages that a pure floor must not know."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        found += [
            f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in IMPURE_PACKAGES
        ]
    return found


def clock_reads(tree: ast.Module) -> list[str]:
    """Calls that ask what time it is."""
    return [
        f"line {node.lineno}: {'.'.join(ending)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (ending := ast.unparse(node.func).split(".")[-2:])
        and ".".join(ending) in CLOCK_CALLS
    ]


# Written in two parts, so that this file does not hold what it looks for.
_HOME_OR_MOUNT = re.compile(r"(?<![\w./:<-])/(?:work|root|home/\w+|Users/\w+|mnt/\w+)" + r"/[\w.]")


def machine_paths(text: str) -> list[str]:
    """Absolute paths that exist on one person's machine only."""
    return [
        f"line {number}: {match.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _HOME_OR_MOUNT.search(line))
    ]


FRAGMENT_KINDS = ("added", "changed", "fixed", "removed", "security", "rule")
_FRAGMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.(?:" + "|".join(FRAGMENT_KINDS) + r")\.md")


def is_fragment_name(name: str) -> bool:
    """Whether a file name is `<slug>.<kind>.md` of a known kind."""
    return _FRAGMENT.fullmatch(name) is not None
