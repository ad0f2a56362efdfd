"""From dental claims to an 837D."""

from cleanclaim.edi.claims.write_levels import ClaimWriter
from cleanclaim.edi.hc837d.write_claim import write_dental_claim

write_837d = ClaimWriter("837D", "005010X224A2", write_dental_claim)
