"""Invented people, providers and money as Hypothesis strategies, and one plain claim and remittance."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from cleanclaim.edi import Batch, Correspondent, Envelope
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import (
    Carried,
    Claim,
    Diagnosis,
    Drug,
    LineAdjudication,
    OtherCoverage,
    Procedure,
    ServiceLine,
    Subscriber,
)
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Reference, Role
from cleanclaim.values.remittance import (
    ClaimPayment,
    LinePayment,
    ProviderAdjustment,
    Remittance,
)

ENVELOPE = Envelope(
    sender_qualifier="ZZ",
    sender_id="MAPLECLINIC",
    receiver_qualifier="ZZ",
    receiver_id="HARBORPLAN",
    interchange_control=41,
    group_control=17,
    message_control=1,
    usage="T",
    created_on=date(2026, 3, 2),
    created_at="0815",
    gs_sender="MAPLECLINIC",
    gs_receiver="HARBORPLAN",
)
BATCH = Batch(
    "B1",
    date(2026, 3, 2),
    Correspondent("MAPLE CLINIC", "MAPLE1", Contact("BILLING DESK", (("TE", "6145550100"),))),
    Correspondent("HARBOR PLAN", "HARBOR1"),
)
NPI_CLINIC, NPI_DOCTOR = "1234567893", "1987654328"
ADDRESS = Address("12 ELM ST", "", "COLUMBUS", "OH", "432150001")
BILLING = Provider(
    Role.BILLING,
    "MAPLE CLINIC",
    npi=NPI_CLINIC,
    tin="310000001",
    taxonomy="207Q00000X",
    address=ADDRESS,
)
ANA = Person("RIVERA", "ANA", "L", "", date(1980, 5, 17), "F", None, ADDRESS, "H100200300")
PLAN = Payer("HARBOR PLAN", "77001")
LINE = ServiceLine(
    1,
    Procedure("99213", ("25",)),
    Decimal("125"),
    Decimal("1"),
    date(2026, 2, 3),
    control_number="L1",
)
CLAIM = Claim(
    control_number="C1",
    charge=Decimal("125"),
    place_of_service="11",
    billing=BILLING,
    subscriber=Subscriber(ANA, "P", "18", "GRP7", "", "CI"),
    payer=PLAN,
    lines=(LINE,),
    diagnoses=(Diagnosis("I10", "ABK"),),
)
PAYMENT = ClaimPayment(
    "C1", "1", Decimal("125"), Decimal("80"), Decimal("20"), "12", "ICN1", "11", "1",
    patient=Person("RIVERA", "ANA", "L", member_id="H100200300"),
    lines=(
        LinePayment(
            Procedure("99213", ("25",)), Decimal("125"), Decimal("80"), Decimal("1"),
            service_from=date(2026, 2, 3),
            adjustments=(
                Adjustment(Group.CONTRACTUAL, "45", Decimal("25")),
                Adjustment(Group.PATIENT, "2", Decimal("20")),
            ),
            allowed=Decimal("100"),
            line_control_number="L1",
        ),
    ),
)  # fmt: skip
REMITTANCE = Remittance(
    payer=Payer("HARBOR PLAN", "77001", address=ADDRESS),
    payee=Provider(Role.PAY_TO, "MAPLE CLINIC", npi=NPI_CLINIC, tin="310000001"),
    paid=Decimal("80"),
    trace_number="EFT1",
    payer_trace_id="1999999999",
    paid_on=date(2026, 3, 9),
    method="ACH",
    payer_bank=("124384877", "DA", "99000"),
    payee_bank=("071000013", "DA", "55000"),
    technical_contact=Contact("EDI DESK", (("TE", "8005550100"),)),
    claims=(PAYMENT,),
)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
names = st.builds(
    "".join,
    st.tuples(
        st.text(_LETTERS, min_size=2, max_size=9),
        st.sampled_from(["", " A", "-ORR", ", INC.", " & CO"]),
    ),
)
accented = st.one_of(
    names, st.sampled_from(["MUÑOZ", "D'ÉTOILE", "ŁUCZAK", "O:BRIEN", "A*B", "X~Y"])
)
codes = st.text("ABZ09", min_size=2, max_size=9)
dollars = st.decimals(0, 99999, places=2)
signed = st.decimals(-9999, 9999, places=2)
quantities = st.decimals(1, 999, places=1)
days = st.dates(date(2001, 1, 1), date(2029, 12, 31))
maybe_day = st.one_of(st.none(), days)
maybe_dollars = st.one_of(st.none(), dollars)
addresses = st.builds(
    Address, names, st.one_of(st.just(""), names), names, st.sampled_from(["OH", "TX"]),
    st.sampled_from(["43215", "787010001"]), st.sampled_from(["", "CA"]),
)  # fmt: skip
maybe_address = st.one_of(st.none(), addresses)
references = st.builds(Reference, st.just("G2"), codes)
contacts = st.builds(
    Contact,
    names,
    st.sampled_from([(("TE", "6145550100"),), (("EM", "a@b.example"), ("EX", "12"))]),
)
adjustments = st.builds(
    Adjustment,
    st.sampled_from([Group.CONTRACTUAL, Group.OTHER, Group.PAYER_INITIATED, Group.PATIENT]),
    st.sampled_from(["1", "2", "45", "A1", "23", "253"]),
    signed,
    st.one_of(st.none(), quantities),
)
# Sorted by group: a CAS holds one group, and a line has room for five CAS.
adjustment_lists = st.lists(adjustments, max_size=9).map(
    lambda found: tuple(sorted(found, key=lambda a: a.group.value))
)
procedures = st.builds(
    Procedure,
    st.text("0123456789", min_size=5, max_size=5),
    st.lists(st.sampled_from(["25", "59", "LT"]), max_size=4).map(tuple),
    st.just("HC"),
    st.one_of(st.just(""), names),
)


@st.composite
def people(draw, *, with_id: bool = True, with_birth: bool = True) -> Person:
    born = draw(days) if with_birth else None
    return Person(
        draw(accented), draw(st.one_of(st.just(""), names)), draw(st.sampled_from(["", "Q"])),
        draw(st.sampled_from(["", "JR"])), born, draw(st.sampled_from("FMU")) if born else "", None,
        draw(addresses), draw(codes) if with_id else "",
    )  # fmt: skip


@st.composite
def providers(draw, role: Role) -> Provider:
    needs_address = role in (Role.FACILITY, Role.PICK_UP, Role.DROP_OFF)
    is_plain = role in (Role.PICK_UP, Role.DROP_OFF)
    return Provider(
        role,
        draw(names),
        is_person=role not in (Role.FACILITY, Role.PICK_UP, Role.DROP_OFF),
        npi="" if is_plain else draw(st.sampled_from(["", NPI_DOCTOR])),
        taxonomy=draw(st.sampled_from(["", "207R00000X"])) if role is Role.RENDERING else "",
        address=draw(addresses) if needs_address else None,
        references=() if is_plain else tuple(draw(st.lists(references, max_size=2))),
    )


def _some(draw, roles) -> tuple[Provider, ...]:
    return tuple(draw(providers(role)) for role in roles if draw(st.booleans()))


@st.composite
def lines(draw, number: int) -> ServiceLine:
    start = draw(days)
    payers = draw(st.lists(codes, max_size=2))
    return ServiceLine(
        number, draw(procedures), draw(dollars), draw(quantities), start,
        draw(st.one_of(st.none(), st.just(start))), draw(st.sampled_from(["UN", "MJ"])),
        draw(st.sampled_from(["", "22"])), draw(st.sampled_from([(1,), (1, 2), (2, 1)])), draw(st.booleans()),
        draw(st.one_of(st.just(""), codes)), draw(st.one_of(st.just(""), codes)),
        draw(st.one_of(st.none(), st.builds(Drug, st.just("00004196501"), quantities, st.just("UN"),
                                            st.sampled_from(["", "RX77"])))),
        _some(draw, (Role.RENDERING, Role.SUPERVISING, Role.ORDERING, Role.REFERRING)),
        tuple(
            LineAdjudication(payer, draw(dollars), draw(procedures), draw(quantities), draw(adjustment_lists),
                             draw(days), draw(st.sampled_from([None, 1])), draw(maybe_dollars))
            for payer in payers
        ),
        (),
        draw(st.sampled_from([(), (Carried("2400", ("NTE", "ADD", "LOOKED TWICE")),),
                              (Carried("2440", ("LQ", "UT", "1")), Carried("2440", ("FRM", "1A", "Y")))])),
    )  # fmt: skip


@st.composite
def other_coverages(draw) -> OtherCoverage:
    holder = Subscriber(
        draw(people(with_birth=False)),
        draw(st.sampled_from("PS")),
        "18",
        draw(st.sampled_from(["", "G9"])),
        "",
        "CI",
    )
    return OtherCoverage(
        holder, Payer(draw(names), draw(codes), address=draw(maybe_address)), draw(maybe_dollars),
        draw(maybe_dollars), draw(maybe_dollars), draw(adjustment_lists), draw(maybe_day), "Y", "Y",
        draw(st.sampled_from(["", "ICN55"])),
        draw(st.sampled_from([(), (Carried("2330D", ("NM1", "82", "1")), Carried("2330D", ("REF", "G2", "A1")))])),
    )  # fmt: skip


@st.composite
def claims(draw) -> Claim:
    own_lines = tuple(draw(lines(n)) for n in range(1, draw(st.integers(1, 3)) + 1))
    patient = draw(st.one_of(st.none(), people(with_id=False)))
    relationship = "19" if patient else "18"
    accident = draw(st.sampled_from([((), ""), (("AA",), "OH"), (("EM", "OA"), "")]))
    return Claim(
        control_number=draw(codes),
        charge=sum((line.charge for line in own_lines), Decimal(0)),
        place_of_service=draw(st.sampled_from(["11", "22"])),
        billing=replace(
            BILLING,
            last_name=draw(st.sampled_from(["MAPLE CLINIC", "ELM CLINIC"])),
            contact=draw(st.one_of(st.none(), contacts)),
        ),
        pay_to=draw(st.one_of(st.none(), st.just(Provider(Role.PAY_TO, "", address=ADDRESS)))),
        subscriber=Subscriber(
            draw(people()), "P", relationship, draw(st.sampled_from(["", "GRP7"])), "", "CI"
        ),
        payer=Payer(draw(names), draw(codes), address=draw(maybe_address)),
        lines=own_lines,
        patient=patient,
        patient_relationship=relationship if patient else "",
        frequency_code=draw(st.sampled_from("178")),
        delay_reason=draw(st.sampled_from(["", "1", "11"])),
        signature_source=draw(st.sampled_from(["", "P"])),
        accident_causes=accident[0],
        accident_state=accident[1],
        patient_paid=draw(maybe_dollars),
        diagnoses=(Diagnosis("I10", "ABK"), Diagnosis("E119")),
        providers=_some(
            draw, (Role.REFERRING, Role.RENDERING, Role.FACILITY, Role.SUPERVISING, Role.PICK_UP)
        ),
        other_coverages=tuple(draw(st.lists(other_coverages(), max_size=2))),
        dates=tuple(("431", draw(days)) for _ in range(draw(st.integers(0, 1)))),
        authorization_number=draw(st.one_of(st.just(""), codes)),
        original_payer_number=draw(st.one_of(st.just(""), codes)),
        clearinghouse_number=draw(st.one_of(st.just(""), codes)),
        references=tuple(draw(st.sampled_from([(), (Reference("EA", "MR7"),)]))),
        carried=draw(
            st.sampled_from(
                [
                    (),
                    (Carried("2300", ("CLM", *[""] * 15, "N")),),
                    (
                        Carried("2000A", ("CUR", "85", "USD")),
                        Carried("2300", ("NTE", "ADD", "SEE NOTES")),
                    ),
                ]
            )
        ),
    )


@st.composite
def line_payments(draw) -> LinePayment:
    paid, changes = draw(dollars), draw(adjustment_lists)
    start = draw(days)
    return LinePayment(
        draw(procedures), paid + sum((a.amount for a in changes), Decimal(0)), paid,
        draw(st.one_of(st.none(), quantities)), draw(st.one_of(st.none(), procedures)), None, start,
        draw(st.one_of(st.none(), st.just(start))), changes, draw(maybe_dollars),
        tuple(draw(st.lists(st.sampled_from(["N30", "M51"]), max_size=2))), draw(st.one_of(st.just(""), codes)),
        tuple(draw(st.sampled_from([(), (Reference("LU", "7"),)]))),
    )  # fmt: skip


@st.composite
def claim_payments(draw) -> ClaimPayment:
    own_lines = tuple(draw(st.lists(line_payments(), max_size=3)))
    changes = draw(adjustment_lists)
    charge = sum((line.charge for line in own_lines), Decimal(0))
    paid = sum((line.paid for line in own_lines), Decimal(0)) - sum(
        (a.amount for a in changes), Decimal(0)
    )
    person = st.builds(Person, names, names, member_id=codes)
    return ClaimPayment(
        draw(codes), draw(st.sampled_from(["1", "2", "4", "22"])), charge, paid, draw(dollars), "12",
        draw(codes), "11", "1", draw(person), draw(st.one_of(st.none(), person)), None,
        draw(st.one_of(st.none(), st.just(Provider(Role.RENDERING, "CARE", "DANA", is_person=True, npi=NPI_DOCTOR)))),
        own_lines, changes, tuple(draw(st.lists(st.sampled_from(["MA01", "N1"]), max_size=3))), draw(maybe_day),
        draw(maybe_day), draw(maybe_day), draw(maybe_dollars), draw(maybe_dollars),
        tuple(draw(st.sampled_from([(), (Reference("1L", "GRP7"),)]))),
        draw(st.sampled_from([(), (Carried("2100", ("QTY", "CA", "3")),)])),
    )  # fmt: skip


@st.composite
def remittances(draw) -> Remittance:
    paid_claims = tuple(draw(st.lists(claim_payments(), min_size=1, max_size=4)))
    plb = tuple(
        ProviderAdjustment(NPI_CLINIC, date(2026, 12, 31), draw(st.sampled_from(["WO", "L6"])),
                           draw(st.one_of(st.just(""), codes)), draw(signed))
        for _ in range(draw(st.integers(0, 8)))
    )  # fmt: skip
    total = sum((c.paid for c in paid_claims), Decimal(0)) - sum(
        (p.amount for p in plb), Decimal(0)
    )
    return replace(
        REMITTANCE,
        paid=total,
        claims=paid_claims,
        provider_adjustments=plb,
        method=draw(st.sampled_from(["ACH", "CHK", "NON"])),
        payee_address=draw(maybe_address),
        produced_on=draw(maybe_day),
        receiver_id=draw(st.one_of(st.just(""), codes)),
    )
