"""What the walker cannot see in an 837 and every receiver of claims must: totals, line numbers, NPI check digits."""

from cleanclaim.edi.checks import check_walk
from cleanclaim.wire.x12.walker import Walk

_NAMES = frozenset(
    {"line-numbers", "claim-total", "other-payer-claim", "other-payer-paid", "other-payer-line", "npi"}
)  # fmt: skip


def check(result: Walk) -> None:
    """Add the defects. A total that does not add up concerns its claim only; the message stays acceptable."""
    check_walk(result, "2300", names=_NAMES)
