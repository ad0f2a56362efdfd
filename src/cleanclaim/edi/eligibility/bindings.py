"""Where the values of a 270 and a 271 stand in their loops."""

from cleanclaim.edi.binding import AddressPart, Binding, Child, Many, One
from cleanclaim.edi.inquiry_parts import (
    DATES,
    PARTY_PARTS,
    REFERENCES,
    REJECTIONS,
    SPECIALTY,
    TRACES,
)
from cleanclaim.edi.kinds import (
    amount,
    composites,
    day,
    flag,
    procedure,
    qualified_day,
    repeated,
    text,
    whole,
)
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
from cleanclaim.values.inquiry import Party

_INQUIRY = Binding(
    BenefitInquiry,
    ("2110C", "2110D"),
    (
        One("EQ", service_types=repeated(1), procedure=procedure(2), coverage_level=text(3),
            pointers=composites(5, 5)),
        One("AMT", "R", spend_down=amount(2)),
        One("AMT", "PB", billed=amount(2)),
        One("III", place_list=text(1), place=text(2)),
        REFERENCES,
        DATES,
    ),
)  # fmt: skip
_FURTHER = Binding(
    FurtherCode,
    ("2115C", "2115D"),
    (One("III", code_list=text(1), code=text(2), category=text(3), text=text(4)),),
)
_RELATED = Binding(Party, ("2120C", "2120D"), PARTY_PARTS)
_BENEFIT = Binding(
    Benefit,
    ("2110C", "2110D"),
    (
        One("EB", code=text(1), coverage_level=text(2), service_types=repeated(3), insurance_type=text(4),
            plan=text(5), period=text(6), amount=amount(7), fraction=amount(8), quantity_kind=text(9),
            quantity=amount(10), needs_authorization=text(11), is_in_network=text(12),
            procedure=procedure(13), pointers=composites(14, 14)),
        Many("deliveries", "HSD", Delivery, unit_kind=text(1), quantity=amount(2), unit=text(3),
             every=amount(4), period=text(5), periods=whole(6), frequency=text(7), time=text(8)),
        REFERENCES,
        DATES,
        REJECTIONS,
        Many("messages", "MSG", text(1)),
    ),
    Child("further", _FURTHER),
    Child("related", _RELATED, between="2120"),
)  # fmt: skip
_PERSON_PARTS = (
    One("NM1", last_name=text(3), first_name=text(4), middle_name=text(5), suffix=text(7),
        is_person=flag(2, "1", "2"), id_qualifier=text(8), member_id=text(9), role=text(1)),
    REFERENCES,
    AddressPart(),
    REJECTIONS,
    SPECIALTY,
    One("DMG", born_on=qualified_day(1), sex=text(3)),
    One("INS", is_subscriber=text(1), relation=text(2), change=text(3), change_reason=text(4),
        birth_order=whole(17)),
    One("HI", diagnoses=composites(1, 12)),
    DATES,
)  # fmt: skip
_PERSON = ("2100C", "2100D")
_RECEIVER = Binding(Party, ("2100B",), PARTY_PARTS)
_SOURCE = Binding(Party, ("2100A",), PARTY_PARTS)


def _message(
    root: str, person: Binding[Insured]
) -> tuple[Binding[InsuredLevel], Binding[Eligibility]]:
    """The bindings of a subscriber and of a whole message."""
    dependent = Binding(
        InsuredLevel,
        ("2000D",),
        (TRACES,),
        Child("person", person, is_one=True, variant=1),
        level="23",
    )
    subscriber = Binding(
        InsuredLevel,
        ("2000C",),
        (TRACES,),
        Child("person", person, is_one=True),
        Child("dependents", dependent),
        level="22",
    )
    receiver = Binding(
        EligibilityReceiver,
        ("2000B",),
        (),
        Child("party", _RECEIVER, is_one=True),
        Child("subscribers", subscriber),
        level="21",
    )
    source = Binding(
        EligibilitySource,
        ("2000A",),
        (REJECTIONS,),
        Child("party", _SOURCE, is_one=True),
        Child("receivers", receiver),
        level="20",
    )
    head = One("BHT", structure=text(1), purpose=text(2), reference=text(3), created_on=day(4),
               created_at=text(5), type_code=text(6))  # fmt: skip
    return subscriber, Binding(Eligibility, (root,), (head,), Child("sources", source))


INQUIRED, INQUIRY = _message(
    "270", Binding(Insured, _PERSON, _PERSON_PARTS, Child("inquiries", _INQUIRY))
)
ANSWERED, ANSWER = _message(
    "271", Binding(Insured, _PERSON, _PERSON_PARTS, Child("benefits", _BENEFIT))
)
PARTIES = {"2000A": ("2100A", _SOURCE), "2000B": ("2100B", _RECEIVER)}
