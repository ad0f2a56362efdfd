"""Invented institutional and dental claims as Hypothesis strategies, from the parts of professional ones."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from cleanclaim.values.claim import Carried, Claim, Diagnosis, Procedure, ServiceLine
from cleanclaim.values.dental import Dental, DentalService, Tooth, ToothStatus
from cleanclaim.values.institutional import (
    DatedProcedure,
    Institutional,
    Occurrence,
    OccurrenceSpan,
    ValueCode,
)
from cleanclaim.values.party import Provider, Reference, Role
from tests.edi import people

TIMES = st.sampled_from(["0000", "0930", "2359"])
PRESENT = st.sampled_from(["", "Y", "N", "U", "W"])
NUBC = st.text("0123456789ABC", min_size=2, max_size=2)
ICD = st.text("ABC0123456789", min_size=3, max_size=7)
ATTENDING = Provider(
    Role.ATTENDING,
    "STONE",
    "IRIS",
    is_person=True,
    npi=people.NPI_DOCTOR,
    taxonomy="207R00000X",
    references=(Reference("0B", "OH44871"),),
)


def _few(items, most: int):
    return st.lists(items, max_size=most).map(tuple)


def _maybe(items):
    return st.one_of(st.just(""), items)


def _diagnoses(qualifier: str, *, with_presence: bool, most: int):
    presence = PRESENT if with_presence else st.just("")
    return _few(st.builds(Diagnosis, ICD, st.just(qualifier), presence), most)


@st.composite
def stays(draw) -> Institutional:
    first, last = sorted((draw(people.days), draw(people.days)))
    admitted_on = draw(people.maybe_day)
    procedures = draw(_few(st.builds(DatedProcedure, ICD, people.days, st.just("BBQ")), 30))
    if procedures:
        procedures = (replace(procedures[0], qualifier="BBR"), *procedures[1:25])
    admitting = draw(_diagnoses("ABJ", with_presence=False, most=1))
    return Institutional(
        first, last, admitted_on, draw(_maybe(TIMES)) if admitted_on else "", draw(_maybe(TIMES)),
        draw(st.sampled_from("1239")), draw(_maybe(st.sampled_from("15"))), draw(st.sampled_from(["01", "30"])),
        draw(_maybe(st.just("291"))), draw(people.maybe_dollars), admitting[0] if admitting else None,
        draw(_diagnoses("APR", with_presence=False, most=3)),
        draw(_diagnoses("ABN", with_presence=True, most=12)), procedures,
        draw(_few(st.builds(OccurrenceSpan, NUBC, people.days, people.days), 4)),
        draw(_few(st.builds(Occurrence, NUBC, people.days), 24)),
        draw(_few(st.builds(ValueCode, NUBC, people.signed), 24)),
        draw(_few(NUBC, 24)), draw(_few(NUBC, 3)),
    )  # fmt: skip


@st.composite
def institutional_lines(draw, number: int) -> ServiceLine:
    line = draw(people.lines(number))
    has_day = draw(st.booleans())
    return replace(
        line,
        procedure=draw(st.sampled_from([Procedure(""), line.procedure, Procedure("KAGD1", (), "HP")])),
        service_from=line.service_from if has_day else None,
        service_to=line.service_to if has_day else None,
        unit=draw(st.sampled_from(["UN", "DA"])),
        place_of_service="",
        pointers=(),
        is_emergency=False,
        authorization_number="",
        providers=tuple(
            replace(draw(people.providers(role)), taxonomy="")  # these loops have no PRV
            for role in (Role.OPERATING, Role.RENDERING)
            if draw(st.booleans())
        ),
        adjudications=tuple(
            replace(done, revenue_code="0300", procedure=draw(st.sampled_from([done.procedure, Procedure("")])))
            for done in line.adjudications
        ),
        carried=draw(st.sampled_from([(), (Carried("2400", ("AMT", "GT", "1.50")),)])),
        revenue_code=draw(st.sampled_from(["0120", "0300", "0022"])),
        non_covered=draw(people.maybe_dollars),
    )  # fmt: skip


MIA = Carried("2320", ("MIA", "4", "", "", "8364", "MA07"))
OTHERS = (Carried("2330C", ("NM1", "71", "1")), Carried("2330C", ("REF", "G2", "A1")))


@st.composite
def institutional_claims(draw) -> Claim:
    claim = draw(people.claims())
    lines = tuple(draw(institutional_lines(n)) for n in range(1, draw(st.integers(1, 3)) + 1))
    others = draw(_few(people.other_coverages(), 2))
    return replace(
        claim,
        charge=sum((line.charge for line in lines), Decimal(0)),
        place_of_service=draw(st.sampled_from(["11", "13", "32", "81"])),
        facility_qualifier="A",
        provider_signature="Y",
        signature_source="",
        accident_causes=(),
        accident_state="",
        patient_paid=None,
        dates=tuple(("050", draw(people.days)) for _ in range(draw(st.integers(0, 1)))),
        diagnoses=(
            Diagnosis("I10", "ABK", draw(PRESENT)),
            *draw(_diagnoses("ABF", with_presence=True, most=24)),
        ),
        providers=(
            ATTENDING,
            *draw(_few(people.providers(Role.OPERATING), 1)),
            *draw(_few(people.providers(Role.FACILITY), 1)),
        ),
        other_coverages=tuple(
            replace(other, carried=draw(st.sampled_from([(), (MIA, *OTHERS)]))) for other in others
        ),
        lines=lines,
        carried=draw(
            st.sampled_from([(), (Carried("2300", ("NTE", "DGN", "SEE CHART")),)])
        ),
        institutional=draw(stays()),
    )  # fmt: skip


@st.composite
def dental_lines(draw, number: int) -> ServiceLine:
    line = draw(people.lines(number))
    teeth = st.builds(
        Tooth,
        st.sampled_from(["3", "14", "A"]),
        st.lists(st.sampled_from("MODBL"), max_size=5).map(tuple),
    )
    dates = st.tuples(st.sampled_from(["196", "198"]), people.days)
    unit = draw(st.sampled_from(["", "UN"]))
    return replace(
        line,
        procedure=replace(line.procedure, qualifier="AD", code="D2392"),
        quantity=line.quantity if unit else Decimal(1),
        unit=unit,
        pointers=draw(st.sampled_from([(), (1,), (1, 2)])),
        is_emergency=False,
        drug=None,
        providers=draw(_few(people.providers(Role.ASSISTANT_SURGEON), 1)),
        adjudications=tuple(
            replace(done, procedure=replace(done.procedure, qualifier="AD"))
            for done in line.adjudications
        ),
        carried=draw(st.sampled_from([(), (Carried("2400", ("AMT", "T", "1.50")),)])),
        dental=DentalService(
            draw(st.sampled_from([(), ("00",), ("10", "20")])),
            draw(st.sampled_from(["", "I", "R"])),
            draw(_few(teeth, 3)),
            tuple(sorted(dict(draw(_few(dates, 2))).items())),
        ),
    )


@st.composite
def dental_claims(draw) -> Claim:
    claim = draw(people.claims())
    lines = tuple(draw(dental_lines(n)) for n in range(1, draw(st.integers(1, 3)) + 1))
    first = draw(people.maybe_day)
    status = st.builds(ToothStatus, st.sampled_from(["1", "16"]), st.sampled_from("EM"))
    surgeon = replace(draw(people.providers(Role.ASSISTANT_SURGEON)), taxonomy="1223S0112X")
    return replace(
        claim,
        charge=sum((line.charge for line in lines), Decimal(0)),
        signature_source="",
        dates=tuple(("452", draw(people.days)) for _ in range(draw(st.integers(0, 1)))),
        diagnoses=draw(st.sampled_from([(), (Diagnosis("K0262", "ABK"), Diagnosis("K0381"))])),
        providers=(*draw(_few(people.providers(Role.REFERRING), 1)), surgeon),
        references=(),
        lines=lines,
        carried=(),
        dental=Dental(
            first,
            draw(st.sampled_from([None, first])),
            draw(st.sampled_from([None, Decimal(24)])),
            draw(st.sampled_from([None, Decimal(12)])),
            draw(_maybe(people.names)),
            draw(_few(status, 3)),
            draw(st.booleans()),
        ),
    )
