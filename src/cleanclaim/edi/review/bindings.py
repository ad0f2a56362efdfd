"""Where the values of a 278 stand in its loops."""

from cleanclaim.edi.binding import AddressPart, Binding, Child, Choice, Many, One, Part
from cleanclaim.edi.inquiry_parts import DATES, PARTY_PARTS, REFERENCES, REJECTIONS, TRACES
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
from cleanclaim.values.eligibility import Delivery
from cleanclaim.values.inquiry import Party
from cleanclaim.values.review import (
    DentalWork,
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

_DELIVERIES = Many("deliveries", "HSD", Delivery, unit_kind=text(1), quantity=amount(2), unit=text(3),
                   every=amount(4), period=text(5), periods=whole(6), frequency=text(7), time=text(8))  # fmt: skip
_MESSAGES = Many("messages", "MSG", text(1))
_ASKED: tuple[Part, ...] = (
    TRACES,
    REJECTIONS,
    One("UM", category=text(1), certification=text(2), service_type=text(3), place=text(4, 1),
        place_list=text(4, 2)),
    One("HCR", decision=text(1), certificate=text(2), reasons=repeated(3), second_opinion=text(4)),
    REFERENCES,
    DATES,
)  # fmt: skip
_SERVICES = Choice(
    "service",
    {
        "SV1": (ProfessionalService, {"procedure": procedure(1), "charge": amount(2), "unit": text(3),
                                      "quantity": amount(4)}),
        "SV2": (InstitutionalService, {"revenue_code": text(1), "procedure": procedure(2),
                                       "charge": amount(3), "unit": text(4), "quantity": amount(5)}),
        "SV3": (DentalWork, {"procedure": procedure(1), "charge": amount(2), "quantity": amount(6)}),
    },
)  # fmt: skip
_PERSON_PARTS: tuple[Part, ...] = (
    One("NM1", role=text(1), is_person=flag(2, "1", "2"), last_name=text(3), first_name=text(4),
        middle_name=text(5), suffix=text(7), id_qualifier=text(8), member_id=text(9)),
    REFERENCES,
    AddressPart(),
    REJECTIONS,
    One("DMG", born_on=qualified_day(1), sex=text(3)),
    One("INS", is_subscriber=text(1), relation=text(2), military=text(8), birth_order=whole(17)),
)  # fmt: skip


def _party(loop: str) -> Binding[Party]:
    return Binding(Party, (loop,), PARTY_PARTS)


def _event(*, is_asked: bool) -> Binding[PatientEvent]:
    """The patient event; a response has two loops more, so that letters shift."""
    own = ("2010F",) if is_asked else ("2010FA", "2010FB")
    service = Binding(
        ReviewService,
        ("2000F",),
        (*_ASKED, _SERVICES, _DELIVERIES, _MESSAGES),
        Child("providers", _party(own[0])),
        *(Child("contacts", _party(loop)) for loop in own[1:]),
        level="SS",
    )
    names: tuple[str, ...] = ("providers", "stops", "other_plans")
    if not is_asked:
        names = ("providers", "contacts", "stops", "other_plans")
    parties = [
        Child(name, _party(f"2010E{letter}")) for name, letter in zip(names, "ABCD", strict=False)
    ]
    return Binding(
        PatientEvent,
        ("2000E",),
        (*_ASKED, One("HI", diagnoses=composites(1, 12)), _DELIVERIES, _MESSAGES),
        *parties,
        Child("services", service),
        level="EV",
    )


def _message(root: str, event: Binding[PatientEvent]) -> Binding[Review]:
    def person(loop: str) -> Child:
        return Child("person", Binding(ReviewPerson, (loop,), _PERSON_PARTS), is_one=True)

    below = Child("event", event, is_one=True)
    dependent = Binding(ReviewPatient, ("2000D",), (), person("2010D"), below, level="23")
    subscriber = Binding(
        ReviewPatient,
        ("2000C",),
        (),
        person("2010C"),
        Child("dependent", dependent, is_one=True),
        below,
        level="22",
    )
    requester = Binding(
        ReviewRequester,
        ("2000B",),
        (),
        Child("party", _party("2010B"), is_one=True),
        Child("subscriber", subscriber, is_one=True),
        level="21",
    )
    plan = Binding(
        ReviewPlan,
        ("2000A",),
        (REJECTIONS,),
        Child("party", _party("2010A"), is_one=True),
        Child("requester", requester, is_one=True),
        level="20",
    )
    head = One("BHT", structure=text(1), purpose=text(2), reference=text(3), created_on=day(4),
               created_at=text(5), type_code=text(6))  # fmt: skip
    return Binding(Review, (root,), (head,), Child("plan", plan, is_one=True))


REQUEST = _message("278", _event(is_asked=True))
RESPONSE = _message("278", _event(is_asked=False))
