"""From professional claims to an 837P."""

from cleanclaim.edi.claims.write_levels import MOST_CLAIMS, ClaimWriter
from cleanclaim.edi.hc837p.write_claim import write_professional_claim

__all__ = ["MOST_CLAIMS", "write_837p"]

write_837p = ClaimWriter("837P", "005010X222A1", write_professional_claim)
