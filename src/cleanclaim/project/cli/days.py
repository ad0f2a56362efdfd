"""Days as arguments of commands."""

import argparse
from datetime import date

from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError


def day(text: str) -> date:
    """An argument such as 2026-11-30.

    Raises:
        argparse.ArgumentTypeError: it is no day.
    """
    try:
        return read_day(text, "day")
    except InputError as error:
        raise argparse.ArgumentTypeError(error.message) from error
