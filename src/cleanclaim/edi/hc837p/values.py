"""The values of an 837P's head; all 837s have the same."""

from cleanclaim.edi.claims.values import Batch, Correspondent, LocatedClaim

__all__ = ["Batch", "Correspondent", "LocatedClaim"]
