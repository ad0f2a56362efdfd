"""Invented enrollments, premium payments and attachments as Hypothesis strategies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from cleanclaim.edi import Attachment, AttachmentHead, AttachmentParty, Document
from cleanclaim.values.enrollment import (
    Coverage,
    CoverageProvider,
    Enrollment,
    EnrollmentAmount,
    EnrollmentDate,
    Member,
    OtherInsurance,
    ReportingCategory,
    Sponsor,
)
from cleanclaim.values.party import Contact, Reference
from cleanclaim.values.premium import (
    MemberCount,
    PremiumAdjustment,
    PremiumDetail,
    PremiumParty,
    PremiumPayment,
    PremiumRemittance,
)
from tests.edi.people import ADDRESS, accented, addresses, codes, days, names, people

HEAD = Enrollment(
    "ENR1", date(2026, 3, 2), "0815", Sponsor("P5", "MAPLE MILL", "310000001"),
    Sponsor("IN", "HARBOR PLAN", "1122334455", "XV"), brokers=(Sponsor("TV", "WILLOW", "77", "94", ("A1", "A2")),),
    policy_number="GROUP-7", dates=(EnrollmentDate("007", date(2026, 3, 1)),),
)  # fmt: skip
PAYMENT = PremiumPayment(
    Decimal("0"), "CHK", date(2026, 3, 5), "CHK1", PremiumParty("HARBOR PLAN", "FI", "310000055", ADDRESS),
    PremiumParty("MAPLE MILL", contact=Contact("PAY OFFICE", (("TE", "6145550199"),))),
    references=(Reference("14", "GROUP-7"),), coverage_period=(date(2026, 3, 1), date(2026, 3, 31)),
)  # fmt: skip
ATTACHING = AttachmentHead(
    "ATT1", date(2026, 3, 2),
    (
        AttachmentParty("PR", "HARBOR PLAN", id_qualifier="PI", party_id="HARBOR1"),
        AttachmentParty(
            "QC", "RIVERA", "ANA", True, "MI", "H100200300", (Reference("EJ", "PCN1"),), date(2026, 2, 3)
        ),
    ),
    created_at="0815",
)  # fmt: skip


def _few(element, most: int = 3):
    return st.lists(element, max_size=most).map(tuple)


def _dated(dates: str, *, periods: bool = False):
    last = days if periods else st.none()
    return st.builds(
        EnrollmentDate, st.sampled_from(dates.split()), days, st.one_of(st.none(), last)
    )


def _references(qualifiers: str):
    """In guide order, as they are written."""
    order = qualifiers.split()
    chosen = st.lists(st.sampled_from(order), unique=True, max_size=2)
    found = chosen.map(lambda qs: sorted(qs, key=order.index))
    return found.flatmap(
        lambda qs: st.tuples(*(st.builds(Reference, st.just(q), codes) for q in qs))
    )


@st.composite
def coverages(draw) -> Coverage:
    providers = st.builds(
        CoverageProvider, st.sampled_from(["P3", "QN"]), st.sampled_from(["25", "72"]), accented, names,
        st.just(True), st.just("XX"), codes, st.one_of(st.none(), addresses),
    )  # fmt: skip
    others = st.builds(
        OtherInsurance, st.sampled_from("PSTU"), st.sampled_from("156"), st.one_of(st.just(""), codes),
        _few(st.sampled_from(["1", "35", "A4"])), _references("60 SY"), _few(_dated("344 345"), 2),
    )  # fmt: skip
    first = EnrollmentDate("348", draw(days))
    return Coverage(
        draw(st.sampled_from(["021", "024"])),
        draw(st.sampled_from(["HMO", "DEN"])),
        draw(st.one_of(st.just(""), codes)),
        draw(st.sampled_from(["", "FAM"])),
        (first, *draw(_few(_dated("349 303", periods=True), 2))),
        draw(_few(st.builds(EnrollmentAmount, st.sampled_from(["P3", "C1"]), _cents))),
        draw(_references("17 XX1 QQ")),
        draw(_few(providers, 2)),
        draw(_few(others, 2)),
    )


_cents = st.decimals(0, 99999, places=2)
_signed = st.decimals(-9999, 9999, places=2)


@st.composite
def members(draw) -> Member:
    person = replace(draw(people()), references=(), died_on=draw(st.one_of(st.none(), days)))
    if person.member_id:
        person = replace(person, id_qualifier=draw(st.sampled_from(["34", "ZZ"])))
    categories = st.builds(
        ReportingCategory, names, st.one_of(st.none(), st.builds(Reference, st.just("17"), codes)),
        st.one_of(st.none(), _dated("007", periods=True)),
    )  # fmt: skip
    contacts = st.builds(
        Contact, st.just(""), st.just((("HP", "6145550101"), ("EM", "A@B.EXAMPLE")))
    )
    return Member(
        draw(st.booleans()), draw(st.sampled_from(["18", "19"])), draw(st.sampled_from(["001", "021"])),
        draw(codes), person, draw(st.sampled_from(["", "28"])), draw(st.sampled_from("AC")),
        draw(st.sampled_from(["", "FT"])), draw(st.sampled_from(["", "F"])),
        draw(st.sampled_from([True, False, None])), draw(st.one_of(st.just(""), codes)),
        draw(st.booleans()), draw(st.one_of(st.none(), contacts)), draw(_few(_dated("336 356 357"))),
        draw(_references("17 23 3H")), draw(_few(coverages())), draw(_few(categories)),
    )  # fmt: skip


_adjusted_before = st.builds(PremiumAdjustment, _signed, st.sampled_from(["52", "H1"]))
_adjusted_now = st.builds(PremiumAdjustment, _signed, st.sampled_from(["20", "AA"]))
_periods = st.one_of(st.none(), st.tuples(days, days))


def _details(qualifiers: str, *, of_group: bool):
    counts = st.builds(MemberCount, st.sampled_from("123"), st.integers(1, 999).map(Decimal),
                       st.sampled_from(["10", "IE", "PR"]))  # fmt: skip
    return st.builds(
        PremiumDetail, st.sampled_from(qualifiers.split()), codes, _signed,
        st.one_of(st.none(), _cents), st.sampled_from(["", "PO"]) if of_group else st.just(""),
        _references("18 2F"), _periods, _few(counts) if of_group else st.just(()), _few(_adjusted_now),
    )  # fmt: skip


@st.composite
def premiums(draw) -> PremiumRemittance:
    return PremiumRemittance(
        draw(st.integers(1, 9)), "2J", draw(st.sampled_from(["34", "EI"])), draw(codes),
        tuple(draw(st.lists(_details("11 AZ", of_group=False), min_size=1, max_size=2))),
        draw(accented), draw(names), draw(_few(_adjusted_before)),
    )  # fmt: skip


@st.composite
def bills(draw) -> PremiumRemittance:
    return PremiumRemittance(
        1, "2L", "FI", draw(codes),
        tuple(draw(st.lists(_details("IK CT", of_group=True), min_size=1, max_size=2))),
        adjustments=draw(_few(_adjusted_before)),
    )  # fmt: skip


@st.composite
def attachments(draw, *, with_bds: bool) -> Attachment:
    content = st.binary(min_size=1, max_size=300)
    documents = st.builds(
        Document,
        content,
        st.just("B64") if with_bds else st.just(""),
        st.sampled_from(["05", "02"]),
    )
    return Attachment(
        draw(_few(documents)), draw(st.integers(1, 99)), draw(codes), draw(st.sampled_from("12")),
        draw(st.sampled_from(["", "AE"])), draw(st.sampled_from(["", "TX"])), draw(st.one_of(st.none(), days)),
        draw(_references("EJ 1K")),
    )  # fmt: skip
