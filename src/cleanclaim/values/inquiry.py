"""What inquiries and their answers share: who asks and is asked, trace numbers, rejections."""

from dataclasses import dataclass

from cleanclaim.values.claim import Carried
from cleanclaim.values.dated import Dated
from cleanclaim.values.party import Address, Contact


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace number: `kind` 1 is the asker's own, 2 one that is answered (X12 TRN01); who gave it."""

    number: str = ""
    kind: str = "1"
    given_by: str = ""
    more: str = ""  # TRN04


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an inquiry, or a part of it, is not answered (X12 AAA).

    Attributes:
        is_valid: AAA01: the inquiry itself was in order.
        reason: AAA03, such as `75` subscriber not found.
        follow_up: AAA04, such as `C` correct and send again, `N` do not send again.
    """

    reason: str = ""
    follow_up: str = ""
    is_valid: bool = False


@dataclass(frozen=True, slots=True)
class NamedReference:
    """An identification, and the name of the plan, group or network that it stands for."""

    qualifier: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A payer, provider or other party of an inquiry: `role` is X12 NM101, such as `PR`, `1P`, `FA`.

    Attributes:
        relation: NM110.
        care_role, taxonomy: PRV01 and PRV03, where `taxonomy_list` (PRV02) says of which list it is.
    """

    role: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = False
    id_qualifier: str = ""
    party_id: str = ""
    relation: str = ""
    references: tuple[NamedReference, ...] = ()
    address: Address | None = None
    contacts: tuple[Contact, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    care_role: str = ""
    taxonomy_list: str = ""
    taxonomy: str = ""
    dates: tuple[Dated, ...] = ()
    carried: tuple[Carried, ...] = ()
