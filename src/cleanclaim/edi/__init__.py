"""The meaning of messages: read any X12 file, write what we know of it, from and to `values`.

received = read_file(data)
for message in received.messages:
    for claim in message.claims(): ...
write_999(syntax_acknowledgements(interchange), envelope=envelope)
"""

from cleanclaim.edi.ack999.write import write_999
from cleanclaim.edi.answers import Policy, Refuse, syntax_acknowledgements
from cleanclaim.edi.bulk import tables, write_tables
from cleanclaim.edi.claim_answers import claim_acknowledgement, judged_claims
from cleanclaim.edi.claim_writer import writer_of
from cleanclaim.edi.claims.values import Batch, Correspondent, LocatedClaim
from cleanclaim.edi.eligibility.write import write_270, write_271
from cleanclaim.edi.files import check, read, read_file
from cleanclaim.edi.hc275.values import Attachment, AttachmentHead, AttachmentParty, Document
from cleanclaim.edi.hc275.write import write_275
from cleanclaim.edi.hc277ca.write import write_277ca
from cleanclaim.edi.hc820.write import write_820
from cleanclaim.edi.hc834.write import write_834
from cleanclaim.edi.hc835.write import write_835
from cleanclaim.edi.hc837d.write import write_837d
from cleanclaim.edi.hc837i.write import write_837i
from cleanclaim.edi.hc837p.write import write_837p
from cleanclaim.edi.received import (
    Received,
    ReceivedGroup,
    ReceivedInterchange,
    ReceivedMessage,
    Unit,
)
from cleanclaim.edi.review.write import write_278_request, write_278_response
from cleanclaim.edi.status.write import write_276, write_277
from cleanclaim.edi.ta1.write import write_ta1
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope

__all__ = [
    "Attachment",
    "AttachmentHead",
    "AttachmentParty",
    "Batch",
    "Correspondent",
    "Delimiters",
    "Document",
    "Envelope",
    "LocatedClaim",
    "Policy",
    "Received",
    "ReceivedGroup",
    "ReceivedInterchange",
    "ReceivedMessage",
    "Refuse",
    "Unit",
    "check",
    "claim_acknowledgement",
    "judged_claims",
    "read",
    "read_file",
    "syntax_acknowledgements",
    "tables",
    "write_270",
    "write_271",
    "write_275",
    "write_276",
    "write_277",
    "write_277ca",
    "write_278_request",
    "write_278_response",
    "write_820",
    "write_834",
    "write_835",
    "write_837d",
    "write_837i",
    "write_837p",
    "write_999",
    "write_ta1",
    "write_tables",
    "writer_of",
]
