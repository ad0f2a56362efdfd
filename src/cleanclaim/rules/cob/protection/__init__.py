"""Who may not be billed for what payers left to them, by law."""

from cleanclaim.rules.cob.protection.rule import (
    Protection,
    Split,
    binds,
    indicators,
    protection,
    split,
)

__all__ = ["Protection", "Split", "binds", "indicators", "protection", "split"]
