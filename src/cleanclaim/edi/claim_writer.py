"""Which 837 a claim goes out as."""

from cleanclaim.edi.claims.write_levels import ClaimWriter
from cleanclaim.edi.hc837d.write import write_837d
from cleanclaim.edi.hc837i.write import write_837i
from cleanclaim.edi.hc837p.write import write_837p
from cleanclaim.values.claim import Claim


def writer_of(claim: Claim) -> ClaimWriter:
    """The writer of the claim's kind: institutional, dental, else professional."""
    if claim.institutional is not None:
        return write_837i
    return write_837d if claim.dental is not None else write_837p
