"""From institutional claims to an 837I."""

from cleanclaim.edi.claims.write_levels import ClaimWriter
from cleanclaim.edi.hc837i.write_claim import write_institutional_claim

write_837i = ClaimWriter("837I", "005010X223A2", write_institutional_claim)
