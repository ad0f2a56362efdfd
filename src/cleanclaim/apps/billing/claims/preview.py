"""A claim as its 837 would say it, to look at before it is sent."""

from django.utils import timezone

from cleanclaim.edi import Batch, Correspondent, Envelope, writer_of
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Contact

_ENDS = ("SE*", "GE*", "IEA*")


def segments_of(claim: Claim) -> list[str]:
    """The segments from the subscriber on; one with the reason where it cannot be written."""
    day = timezone.localdate()
    us = Correspondent(
        "PREVIEW", "PREVIEW", Contact("PREVIEW", (("EM", "none@cleanclaim.invalid"),))
    )
    batch = Batch("PREVIEW", day, us, Correspondent(claim.payer.name[:60], claim.payer.payer_id))
    envelope = Envelope("ZZ", "PREVIEW", "ZZ", "PREVIEW", 1, 1, 1, "T", day, "0000", "A", "B")
    try:
        text = writer_of(claim)([claim], envelope=envelope, batch=batch).decode()
    except CleanclaimError as error:
        return [str(error)]
    parts = [part.strip() for part in text.split("~") if part.strip()]
    start = next((n for n, part in enumerate(parts) if part.startswith("SBR*")), 0)
    return [part for part in parts[start:] if not part.startswith(_ENDS)]
