"""Days as arguments of commands."""

import argparse
from datetime import date


def day(text: str) -> date:
    """An argument such as 2026-11-30.

    Raises:
        argparse.ArgumentTypeError: it is no day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a day like 2026-11-30") from error
