"""`cleanclaim close acknowledge`: what the general ledger outside answered to journals."""

from __future__ import annotations

import argparse
from typing import Any

from cleanclaim.kernel.errors import InputError


def run(args: argparse.Namespace) -> tuple[int, dict[str, Any], list[str]]:
    """0 = every journal of the answer is accepted with its own totals, 1 = one is not."""
    from cleanclaim.apps.reports.closing.acknowledgements import take_answers
    from cleanclaim.apps.reports.closing.models import Outcome

    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise InputError(f"{args.file}: {error.strerror}") from error
    taken = take_answers(data, by=None)
    answer = {
        "answers": [
            {
                "journal": one.export_id,
                "outcome": one.outcome,
                "said": one.said,
                "reference": one.reference,
                "differences": one.differences,
                "message": one.message,
            }
            for one in taken
        ]
    }
    lines = [
        f"journal {one.export_id}: {Outcome(one.outcome).label.lower()}"
        + "".join(f"; {words}" for words in (one.differences, one.message) if words)
        for one in taken
    ]
    return int(any(one.outcome != Outcome.ACCEPTED for one in taken)), answer, lines
