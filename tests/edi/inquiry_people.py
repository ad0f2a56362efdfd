"""Invented inquiries, claim statuses and services reviews as Hypothesis strategies."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.dated import Dated
from cleanclaim.values.eligibility import (
    Benefit,
    BenefitInquiry,
    Delivery,
    Eligibility,
    EligibilityReceiver,
    EligibilitySource,
    FurtherCode,
    Insured,
    InsuredLevel,
)
from cleanclaim.values.inquiry import NamedReference, Party, Rejection, Trace
from cleanclaim.values.party import Contact
from cleanclaim.values.review import (
    InstitutionalService,
    PatientEvent,
    ProfessionalService,
    Review,
    ReviewPatient,
    ReviewPerson,
    ReviewPlan,
    ReviewRequester,
    ReviewService,
)
from cleanclaim.values.status import (
    ClaimStatusItem,
    ClaimStatusMessage,
    Status,
    StatusLine,
    StatusPatient,
    StatusPayer,
    StatusProvider,
    StatusReceiver,
)
from tests.edi.people import accented, addresses, codes, days, dollars, names, quantities

CREATED = {"reference": "INQ1", "created_on": date(2026, 3, 2), "created_at": "0815"}
PAYER = Party("PR", "HARBOR PLAN", id_qualifier="PI", party_id="77001")
CLINIC = Party("1P", "MAPLE CLINIC", id_qualifier="XX", party_id="1234567893")
RECEIVER = Party("41", "MAPLE CLINIC", id_qualifier="46", party_id="MAPLE1")
REVIEWER = Party("X3", "HARBOR PLAN", id_qualifier="PI", party_id="77001")


def _few(element, most: int = 3):
    return st.lists(element, max_size=most).map(tuple)


def _maybe(element):
    return st.one_of(st.none(), element)


def _dated(*dates: str, most: int = 2):
    return _few(st.builds(Dated, st.sampled_from(dates), days, _maybe(days)), most)


def _references(*qualifiers: str, named: bool = True, most: int = 3):
    name = st.one_of(st.just(""), names) if named else st.just("")
    return _few(st.builds(NamedReference, st.sampled_from(qualifiers), codes, name), most)


traces = st.builds(Trace, codes, st.just("1"), st.just("9MAPLE0001"), st.one_of(st.just(""), codes))
procedures = st.builds(
    Procedure, st.sampled_from(["99213", "A0428"]), _few(st.sampled_from(["25", "RX"]), 2)
)


def _rejections(*reasons: str):
    return _few(
        st.builds(Rejection, st.sampled_from(reasons), st.sampled_from("CN"), st.booleans()), 2
    )


services = _few(st.sampled_from(["30", "1", "98", "UC", "MH"]), 4)
inquiries = st.builds(
    BenefitInquiry, services.filter(bool), _maybe(procedures), st.just(""), st.just(()), _maybe(dollars),
    _maybe(dollars), st.just("11"), st.just("ZZ"), _references("9F", "G1", named=False, most=1),
    _dated("291", most=1),
)  # fmt: skip
deliveries = st.builds(
    Delivery, st.just("VS"), quantities, st.sampled_from(["", "WK"]), _maybe(st.just(Decimal(2))), st.just("34"),
    _maybe(st.integers(1, 99)),
)  # fmt: skip
related = st.builds(
    Party, st.sampled_from(["P3", "PRP"]), names, id_qualifier=st.just("XX"), party_id=codes,
    is_person=st.booleans(), address=_maybe(addresses),
    contacts=_few(st.builds(Contact, names, st.just((("TE", "6145550100"), ("EX", "12")))), 2),
    care_role=st.just("PC"), taxonomy_list=st.just("PXC"), taxonomy=st.just("207Q00000X"),
)  # fmt: skip
benefits = st.builds(
    Benefit, st.sampled_from(["1", "A", "B", "C", "G"]), st.sampled_from(["", "IND", "FAM"]), services,
    st.sampled_from(["", "HM"]), st.one_of(st.just(""), names), st.sampled_from(["", "23", "29"]),
    _maybe(dollars), _maybe(st.just(Decimal("0.2"))), st.just("P6"), quantities,
    st.sampled_from(["", "Y", "U"]), st.sampled_from(["", "N", "W"]), _maybe(procedures),
    st.sampled_from([(), (("1", "2"),)]), _few(deliveries, 2), _references("18", "G1"),
    _dated("348", "349"), _rejections("15", "56"), _few(accented, 2),
    _few(st.builds(FurtherCode, st.just("ZZ"), st.sampled_from(["11", "22"])), 2), _few(related, 2),
)  # fmt: skip


def insured(role: str, *, asks: bool):
    """The person of an inquiry or, with benefits, of an answer."""
    is_self = role == "IL"
    return st.builds(
        Insured, st.just(role), accented, names, is_person=st.just(True),
        id_qualifier=st.just("MI" if is_self else ""), member_id=codes if is_self else st.just(""),
        references=_references("18", "1L", named=not asks), address=_maybe(addresses),
        rejections=st.just(()) if asks else _rejections("15", "58"),
        born_on=_maybe(days), sex=st.sampled_from(["F", "M"]), is_subscriber=st.just("Y" if is_self else "N"),
        relation=st.just("18" if is_self else "19"), birth_order=st.integers(1, 9),
        diagnoses=st.sampled_from([(), (("ABK", "J069"), ("ABF", "I10"))]), dates=_dated("291"),
        inquiries=_few(inquiries) if asks else st.just(()), benefits=st.just(()) if asks else _few(benefits),
        carried=st.just(()) if asks else st.sampled_from(
            [(), (Carried("2100C" if is_self else "2100D", ("MPI", "C", "AU", "F")),)]),
    )  # fmt: skip


def eligibilities(*, asks: bool):
    """A whole 270 or 271."""
    dependents = st.builds(InsuredLevel, insured("03", asks=asks), _few(traces, 2))
    subscribers = st.builds(
        InsuredLevel, insured("IL", asks=asks), _few(traces, 2), _few(dependents, 2)
    )
    receivers = st.builds(
        EligibilityReceiver,
        st.just(CLINIC),
        st.lists(subscribers, min_size=1, max_size=2).map(tuple),
    )
    sources = st.builds(
        EligibilitySource, st.just(PAYER), st.lists(receivers, min_size=1, max_size=2).map(tuple)
    )
    purpose = "13" if asks else "11"
    return st.lists(sources, min_size=1, max_size=2).map(
        lambda found: Eligibility(purpose=purpose, sources=tuple(found), **CREATED)
    )


statuses = st.builds(
    Status, st.sampled_from(["F1", "P1", "A4"]), st.sampled_from(["65", "20"]), st.sampled_from(["", "PR"]),
    st.just(""), days, dollars, dollars, _maybe(days), _maybe(days), st.one_of(st.just(""), codes),
    st.sampled_from([(), (("F2", "88", "QC"),)]),
)  # fmt: skip
line_statuses = st.builds(Status, st.just("F1"), st.just("65"), st.just("PR"), effective_on=days)
_DATED_ONCE = st.builds(Dated, st.just("472"), days, _maybe(days)).map(lambda found: (found,))


def _status_claims(*, asks: bool):
    answered = st.lists(line_statuses, min_size=1, max_size=2).map(tuple)
    lines = st.builds(
        StatusLine, procedures, dollars, st.none() if asks else dollars, st.sampled_from(["", "0450"]),
        quantities, st.just(()) if asks else answered,
        st.just((NamedReference("FJ", "L1"),)), _DATED_ONCE,
    )  # fmt: skip
    trace = st.builds(Trace, codes, st.just("1" if asks else "2")).map(lambda found: (found,))
    return st.builds(
        ClaimStatusItem, trace,
        st.just(()) if asks else st.lists(statuses, min_size=1, max_size=2).map(tuple),
        st.sampled_from([(), (NamedReference("1K", "P77"), NamedReference("EJ", "PCN1"))]),
        _maybe(dollars) if asks else st.none(), _DATED_ONCE, _few(lines, 2),
    )  # fmt: skip


def claim_statuses(*, asks: bool):
    """A whole 276 or 277."""
    claims = st.lists(_status_claims(asks=asks), min_size=1, max_size=2).map(tuple)
    born, sex = (days, st.sampled_from(["F", "M"])) if asks else (st.none(), st.just(""))
    child = st.builds(Party, st.just("QC"), names, names, is_person=st.just(True))
    parent = st.builds(
        Party, st.just("IL"), accented, names, is_person=st.just(True), id_qualifier=st.just("MI"), party_id=codes
    )  # fmt: skip
    dependents = st.builds(StatusPatient, born, sex, child, claims)
    subscribers = st.builds(StatusPatient, born, sex, parent, claims, _few(dependents, 2))
    providers = st.builds(
        StatusProvider,
        st.just((CLINIC,)),
        st.none(),
        st.lists(subscribers, min_size=1, max_size=2).map(tuple),
    )
    receivers = st.builds(
        StatusReceiver,
        st.just(RECEIVER),
        st.none(),
        st.lists(providers, min_size=1, max_size=2).map(tuple),
    )
    purpose, type_code = ("13", "") if asks else ("08", "DG")
    return receivers.map(
        lambda found: ClaimStatusMessage(
            purpose=purpose, type_code=type_code, payers=(StatusPayer(PAYER, (found,)),), **CREATED
        )
    )


def _decided(*, asks: bool) -> dict:
    if asks:
        return {}
    return {
        "decision": st.sampled_from(["A1", "A3", "A6"]),
        "certificate": st.one_of(st.just(""), codes),
        "reasons": _few(st.sampled_from(["0V", "1L"]), 2),
        "rejections": _rejections("15", "33"),
    }


def reviews(*, asks: bool):
    """A whole 278 request or response."""
    work = st.one_of(
        st.none(),
        st.builds(ProfessionalService, procedures, _maybe(dollars), st.just("UN"), quantities),
        st.builds(InstitutionalService, st.just("0360"), procedures, _maybe(dollars), st.just("DA"), quantities),
    )  # fmt: skip
    surgeons = st.builds(
        Party,
        st.just("SJ"),
        names,
        is_person=st.just(True),
        id_qualifier=st.just("XX"),
        party_id=codes,
    )
    asked = st.builds(
        ReviewService, _few(traces, 2), category=st.just("HS"), certification=st.just("I"),
        place=st.just("21"), place_list=st.just("B"), dates=_dated("472", most=1), service=work,
        deliveries=_few(deliveries, 1), messages=_few(accented, 1), providers=_few(surgeons, 2),
        **_decided(asks=asks),
    )  # fmt: skip
    stops = st.builds(Party, st.sampled_from(["PW", "ND"]), names, address=_maybe(addresses))
    event = st.builds(
        PatientEvent, _few(traces, 2), category=st.just("AR"), certification=st.just("I"),
        service_type=st.just("2"), place=st.just("21"), place_list=st.just("B"), dates=_dated("435", most=1),
        diagnoses=st.sampled_from([(), (("ABK", "J069", "D8", "20260302"),)]), deliveries=_few(deliveries, 1),
        providers=_few(surgeons, 2), stops=_few(stops, 2), services=_few(asked, 3), **_decided(asks=asks),
    )  # fmt: skip
    child = st.builds(ReviewPerson, st.just("QC"), last_name=names, born_on=days, sex=st.just("F"))
    parent = st.builds(
        ReviewPerson, last_name=names, first_name=names, id_qualifier=st.just("MI"), member_id=codes
    )
    dependents = st.builds(ReviewPatient, child, st.none(), event)
    patients = st.one_of(
        st.builds(ReviewPatient, parent, st.none(), event),
        st.builds(ReviewPatient, parent, dependents),
    )
    purpose, type_code = ("13", "") if asks else ("11", "18")
    return patients.map(
        lambda found: Review(
            purpose=purpose, type_code=type_code, plan=ReviewPlan(REVIEWER, ReviewRequester(CLINIC, found)), **CREATED
        )
    )  # fmt: skip
