"""Attachments as a 275 carries them: documents with what they belong to."""

from dataclasses import dataclass
from datetime import date

from cleanclaim.values.claim import Carried
from cleanclaim.values.party import Reference


@dataclass(frozen=True, slots=True)
class AttachmentParty:
    """Whoever the message names (1000): payer `PR`, submitter `41`, provider `1P`, patient `QC` ...

    Attributes:
        service_from, service_to: of the patient's claim (DTP 472).
    """

    role: str
    last_name: str = ""
    first_name: str = ""
    is_person: bool = False
    id_qualifier: str = ""
    party_id: str = ""
    references: tuple[Reference, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Binary data as sent; nothing in them was taken for a separator.

    Attributes:
        filter_code: X12 BDS01 of 6020, `ASC` plain or `B64` base64; empty in 5010, which sends a BIN.
        format_code: X12 EFI01 (5010) or OOI01 (6020).
    """

    content: bytes
    filter_code: str = ""
    format_code: str = "05"
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment (2000) with its documents.

    Attributes:
        trace_type: X12 TRN01: `1` our own number (as in the claim's PWK06), `2` the number asked about.
        number: X12 LX01, counted from 1 within the message.
        report_type, transmission: X12 CAT01, CAT02.
        submitted_on: DTP 368.
    """

    documents: tuple[Document, ...]
    number: int = 1
    trace_number: str = ""
    trace_type: str = "1"
    report_type: str = ""
    transmission: str = ""
    submitted_on: date | None = None
    references: tuple[Reference, ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentHead:
    """The head of one 275. `purpose` is X12 BGN01: `02` sent unasked, `11` sent as asked for."""

    reference: str
    created_on: date
    parties: tuple[AttachmentParty, ...]
    purpose: str = "02"
    created_at: str = ""
    carried: tuple[Carried, ...] = ()

    def party(self, role: str) -> AttachmentParty | None:
        """The first party of this role."""
        return next((party for party in self.parties if party.role == role), None)
