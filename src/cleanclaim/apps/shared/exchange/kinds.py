"""The messages that files carry, and the paper beside them."""

from django.db import models


class Kind(models.TextChoices):
    """The message that a file carries; a file of several kinds is named for its first."""

    CLAIMS = "837", "Claims (837)"
    REMITTANCE = "835", "Remittance (835)"
    SYNTAX = "999", "Syntax acknowledgement (999)"
    INTERCHANGE = "TA1", "Interchange acknowledgement (TA1)"
    CLAIM_ANSWER = "277CA", "Claim acknowledgement (277CA)"
    BANK = "bank", "Bank statement"
    KEYED = "keyed", "Paper EOB, keyed"
    SCAN = "scan", "Scan of paper"
    UNKNOWN = "unknown", "Not recognised"
