"""What many commands take alike."""

import argparse
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import written_money


def add_common(parser: argparse.ArgumentParser, **more: Any) -> None:
    """`--organization` and `--json`; `more` goes to both, such as a default that leaves an outer value alone."""
    parser.add_argument("--organization", metavar="SLUG", help="the practice (slug or id)", **more)
    parser.add_argument("--json", action="store_true", help="print one JSON object", **more)


def amount(text: str, name: str) -> Decimal:
    """The dollars of an argument.

    Raises:
        InputError: it is none.
    """
    found = written_money(text)
    if found is None:
        raise InputError(f"{name} {text[:20]!r}: expected dollars and cents")
    return found
