"""Which payer is billed first, and why."""

from cleanclaim.rules.cob.order.rule import (
    Facts,
    Kind,
    Ranked,
    Ranking,
    insurance_type,
    insurance_types,
    is_for_injuries,
    kind_of,
    last_indicators,
    program_place,
    rank,
    rules_since,
)

__all__ = [
    "Facts",
    "Kind",
    "Ranked",
    "Ranking",
    "insurance_type",
    "insurance_types",
    "is_for_injuries",
    "kind_of",
    "last_indicators",
    "program_place",
    "rank",
    "rules_since",
]
