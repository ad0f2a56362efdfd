"""The tables as data: which segments make a row, and which cell each column holds. docs/edi-tables.md shows it.

A source names a cell: `CLM05-1` is the first component of CLM05, `REF[D9]02` the second element of a REF with
qualifier D9, `2410/LIN03` a cell of a loop below the row's own; `DTP03<` and `DTP03>` the first and the last day of a
period. Of several sources the first that the message's guide has counts, of a segment that occurs more than once the
first occurrence.
"""

import re
from dataclasses import dataclass

TEXT, CODE, MONEY, QUANTITY, DAY, COUNT = "text", "code", "money", "quantity", "day", "count"
PLACE = "place"  # a segment's number within its message, ST being 1

_SOURCE = re.compile(r"(?:(\w+)/)?([A-Z][A-Z0-9]{1,2}?)(?:\[([\w,]+)\])?(\d\d)(?:-(\d))?([<>])?")


@dataclass(frozen=True, slots=True)
class Source:
    """One cell: element and component counted from 1, component 0 for the whole element.

    Attributes:
        loop: of the segment; empty for the loop of the row.
        codes: qualifiers of the segment; empty for any.
        part: `<` the first, `>` the last day of a period as DTP03 has it.
    """

    loop: str
    tag: str
    codes: frozenset[str]
    element: int
    component: int
    part: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column."""

    name: str
    kind: str
    says: str
    sources: tuple[Source, ...] = ()
    written: str = ""  # the sources as the layout has them


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        rows: `loop/tag` (`*` for any loop) of the segments that make a row each.
        every: how the row is repeated: (first element, elements each) of a segment that says several things.
        fields: its own columns, which follow the columns that all tables share.
    """

    name: str
    says: str
    rows: tuple[str, ...]
    fields: tuple[Field, ...]
    every: tuple[int, int] | None = None


def _parse(text: str) -> Source:
    found = _SOURCE.fullmatch(text)
    if found is None:
        raise ValueError(f"layout: cannot read source {text!r}")
    codes = frozenset(found[3].split(",")) if found[3] else frozenset()
    return Source(
        found[1] or "", found[2], codes, int(found[4]), int(found[5] or 0), found[6] or ""
    )


def _fields(text: str) -> tuple[Field, ...]:
    """Columns, one a line: name, kind, sources | what it says."""
    found = []
    for line in filter(None, text.splitlines()):
        head, _, says = line.partition("|")
        name, kind, *sources = head.split()
        found.append(
            Field(name, kind, says.strip(), tuple(map(_parse, sources)), " ".join(sources))
        )
    return tuple(found)


# Columns that every row has; the builder fills them.
SHARED = _fields("""
file code | name of the file, as the caller gave it
interchange count | number of the interchange within the file, from 1
group count | number of the functional group within the file, from 1
message count | number of the message (ST) within the file, from 1
claim count | number of the claim within the file, from 1; null above the claims
line count | number of the service line within its claim, from 1; null above the lines
position place | the segment's number within its message, ST being 1
loop code | loop of the segment, as the guide calls it
parent place | position of the first segment of that loop instance
""")

_PROCEDURE = """
procedure_qualifier code SV101-1 SV202-1 SV301-1 SVC01-1 | code list of the procedure: HC is HCPCS and CPT numbers
procedure code SV101-2 SV202-2 SV301-2 SVC01-2 | the procedure
modifier_1 code SV101-3 SV202-3 SV301-3 SVC01-3 | first modifier
modifier_2 code SV101-4 SV202-4 SV301-4 SVC01-4 | second modifier
modifier_3 code SV101-5 SV202-5 SV301-5 SVC01-5 | third modifier
modifier_4 code SV101-6 SV202-6 SV301-6 SVC01-6 | fourth modifier
"""

MESSAGES = Table("messages", "Each message (ST), read or not; written when it is complete.", (), _fields("""
file code | name of the file, as the caller gave it
interchange count | number of the interchange within the file, from 1
group count | number of the functional group within the file, from 1
message count | number of the message within the file, from 1
name code | what people call it, such as 837P; null where it was not read
kind code | ST01
guide code | ST03, or GS08 where the message has none
control_number text | ST02
group_control_number text | GS06
interchange_control_number text | ISA13
sender code | ISA06, without the blanks that fill it up
receiver code | ISA08, without the blanks that fill it up
group_sender code | GS02
group_receiver code | GS03
created_on day | GS04
usage code | ISA15: P production, T test
segments count | segments, ST and SE included
unread_segments count | segments without a place in the guide, which no table holds; all, where the guide is unknown
unread_values count | cells that are no money, number or day though they should be; null in their tables
first_claim count | number of its first claim within the file; null where it has none
last_claim count | number of its last claim within the file
"""))  # fmt: skip

TABLES: tuple[Table, ...] = (
    MESSAGES,
    Table("payments", "Each 835: one payment to one payee. Its position is that of ST.", ("835/ST",), _fields("""
handling code BPR01 | what to do: I payment with advice, H notice only
paid money BPR02 | amount of the payment
credit_or_debit code BPR03 | C credit, D debit
method code BPR04 | ACH, CHK, NON ...
paid_on day BPR16 | day of the payment
trace_number text TRN02 | check or transfer number
payer_trace_id text TRN03 | 1 and the payer's taxpayer number
produced_on day DTM[405]02 | day up to which claims were decided
payer_name text 1000A/N102 | name of the payer
payer_id_qualifier code 1000A/N103 | kind of `payer_id`
payer_id text 1000A/N104 | id of the payer
payee_name text 1000B/N102 | name of the payee
payee_id_qualifier code 1000B/N103 | kind of `payee_id`: XX is the NPI
payee_id text 1000B/N104 | id of the payee
receiver_id text REF[EV]02 | who receives the file
""")),
    Table("claims", "Each claim of an 837 and each claim paid in an 835.", ("2300/CLM", "2100/CLP"), _fields("""
control_number text CLM01 CLP01 | the provider's number of the claim
charge money CLM02 CLP03 | total charge
paid money CLP04 | what the payer paid
patient_responsibility money CLP05 | what the patient owes
patient_paid money AMT[F5]02 | what the patient has paid
allowed money AMT[AU]02 | amount covered
interest money AMT[I]02 | interest
status code CLP02 | 1, 2, 3 processed, 4 denied, 22 reversal ...
filing_indicator code CLP06 | kind of coverage; for an 837 see `coverages`
payer_control_number text CLP07 REF[F8]02 | the payer's number of the claim; in an 837 of the one it corrects
place_of_service code CLM05-1 CLP08 | place of service, or the first two digits of the type of bill
facility_qualifier code CLM05-2 | A type of bill, B place of service
frequency code CLM05-3 CLP09 | 1 original, 7 corrected, 8 void
provider_signature code CLM06 | Y or N
assignment code CLM07 | A assigned, B laboratory services only, C not assigned
benefits_assigned code CLM08 | Y, N or W
release_of_information code CLM09 | I or Y
signature_source code CLM10 | P: the provider signed for the patient
special_program code CLM12 | special program
delay_reason code CLM20 | why it is late
drg code CLP11 | diagnosis related group
authorization_number text REF[G1]02 | prior authorization
referral_number text REF[9F]02 | referral
clearinghouse_number text REF[D9]02 | number given by an intermediary
service_from day DTM[232]02 DTP[434,472]03< | first day of the claim; of an 837P see its lines
service_to day DTM[233]02 DTP[434,472]03> | last day of the claim; in an 837 null where there is one day only
received_on day DTM[050]02 | day on which the payer received it
billing place | position of the billing provider's NM1, in `parties`
subscriber place | position of the subscriber's NM1
patient place | position of the patient's NM1; null where the subscriber is the patient
payer place | position of the payer's NM1
""")),
    Table("lines", "Each service line.", ("2400/LX", "2110/SVC"), _fields("""
number count LX01 | line number as sent
""" + _PROCEDURE + """
description text SV101-7 SV202-7 SV301-7 SVC01-7 | description of the procedure
revenue_code code SV201 SVC04 | revenue code
charge money SV102 SV203 SV302 SVC02 | charge
paid money SVC03 | what the payer paid
allowed money AMT[B6]02 | amount allowed
quantity quantity SV104 SV205 SV306 SVC05 | units, minutes ...; in an 835 those paid, null for one
unit code SV103 SV204 | UN units, MJ minutes, DA days
submitted_procedure code SVC06-2 | procedure as billed, where the payer changed it
submitted_quantity quantity SVC07 | units as billed, where the payer changed them
place_of_service code SV105 SV303 | place of service, where it is not the claim's
pointer_1 count SV107-1 SV311-1 | first diagnosis, as a place among the claim's
pointer_2 count SV107-2 SV311-2 | second
pointer_3 count SV107-3 SV311-3 | third
pointer_4 count SV107-4 SV311-4 | fourth
emergency code SV109 | Y for an emergency
service_from day DTP[472]03< DTM[472,150]02 | day of service, or the first of several
service_to day DTP[472]03> DTM[151]02 | last day of service; null where there is one only
control_number text REF[6R]02 | the provider's number of the line
ndc text 2410/LIN03 | drug
drug_quantity quantity 2410/CTP04 | quantity of the drug
drug_unit code 2410/CTP05-1 | unit of that quantity
""")),
    Table("adjustments", "Each adjustment of a CAS, of claims and lines, and of earlier payers in an 837.", ("*/CAS",),
          _fields("""
ordinal count | which of the segment's adjustments, from 1
adjustment_group code CAS01 | CO contractual, PR patient, OA other, PI payer
reason code CAS02 | reason code
amount money CAS03 | what is taken off the charge
quantity quantity CAS04 | units taken off
"""), (2, 3)),
    Table("adjudications", "What an earlier payer did with a line (837).", ("2430/SVD",), _fields("""
payer_id text SVD01 | id of that payer
paid money SVD02 | what it paid
procedure_qualifier code SVD03-1 | code list of the procedure
procedure code SVD03-2 | the procedure
quantity quantity SVD05 | units paid
bundled_into count SVD06 | number of the line that it was paid with
paid_on day DTP[573]03< | day of that answer
""")),
    Table("coverages", "Each coverage of an 837: the destination payer's above the claim, others' below it.", ("*/SBR",),
          _fields("""
payer_order code SBR01 | P primary, S secondary, T tertiary ...
relationship code SBR02 | the patient's to the subscriber: 18 self
group_number text SBR03 | group or policy
group_name text SBR04 | name of the plan
insurance_type code SBR05 | why Medicare is not first
filing_indicator code SBR09 | CI commercial, MB Medicare B, MC Medicaid ...
""")),
    Table("references", "Each reference number.", ("*/REF",), _fields("""
qualifier code REF01 | what it is a number of
value text REF02 | the number
description text REF03 | text beside it
""")),
    Table("parties", "Each person and organization.", ("*/NM1", "*/N1"), _fields("""
role code NM101 N101 | 85 billing, 82 rendering, IL subscriber, QC patient, PR payer, PE payee ...
entity code NM102 | 1 person, 2 organization
name text NM103 N102 | last name, or the organization's
first_name text NM104 | first name
middle_name text NM105 | middle name
suffix text NM107 | suffix
id_qualifier code NM108 N103 | kind of `id`: XX is the NPI, MI a member id
id text NM109 N104 | id
address_1 text N301 | street
address_2 text N302 | second line
city text N401 | city
state code N402 | state
zip_code text N403 | ZIP code
country code N404 | country
born_on day DMG02 | date of birth
sex code DMG03 | F, M or U
taxonomy code PRV03 | provider's specialty
""")),
    Table("dates", "Each date of claims, lines and coverages.", ("*/DTP", "*/DTM"), _fields("""
qualifier code DTP01 DTM01 | what happened: 472 service, 431 onset, 405 production ...
date_from day DTP03< DTM02 | the day, or the first of a period
date_to day DTP03> | last day of a period
value text DTP03 DTM02 | as sent
""")),
    Table("amounts", "Each further amount.", ("*/AMT",), _fields("""
qualifier code AMT01 | what it is: F5 patient paid, D payer paid, B6 allowed ...
amount money AMT02 | the amount
""")),
    Table("codes", "Each code of an HI: diagnoses, procedures, occurrences, conditions.", ("*/HI",), _fields("""
ordinal count | which of the segment's codes, from 1
qualifier code HI01-1 | ABK principal diagnosis, ABF other, BBR procedure, BH occurrence ...
code code HI01-2 | the code
date_from day HI01-4< | its day, or the first of a period
date_to day HI01-4> | last day of a period
amount money HI01-5 | its amount (value codes)
quantity quantity HI01-6 | its quantity
present_on_admission code HI01-9 | Y, N, U or W
"""), (1, 1)),
    Table("remarks", "Each remark of a line in an 835.", ("2110/LQ",), _fields("""
qualifier code LQ01 | HE remark codes, RX NCPDP reject codes
code code LQ02 | the code
""")),
    Table("provider_adjustments", "Each provider adjustment (PLB) of an 835.", ("835/PLB",), _fields("""
ordinal count | which of the segment's adjustments, from 1
provider_id text PLB01 | provider
fiscal_period_end day PLB02 | end of the provider's fiscal year
reason code PLB03-1 | WO recoupment, FB forwarded balance, L6 interest ...
reference text PLB03-2 | number that it refers to
amount money PLB04 | above zero lowers the payment
"""), (3, 2)),
)  # fmt: skip

BY_NAME = {table.name: table for table in TABLES}
