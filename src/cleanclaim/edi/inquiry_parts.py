"""Parts of bindings that inquiries share: names, trace numbers, references, rejections."""

from cleanclaim.edi.binding import AddressPart, Many, One, Part
from cleanclaim.edi.kinds import contact, flag, text, when
from cleanclaim.values.inquiry import NamedReference, Rejection, Trace

TRACES = Many("traces", "TRN", Trace, kind=text(1), number=text(2), given_by=text(3), more=text(4))
REFERENCES = Many(
    "references", "REF", NamedReference, qualifier=text(1), value=text(2), name=text(3)
)
REJECTIONS = Many(
    "rejections", "AAA", Rejection, is_valid=flag(1, "Y", "N"), reason=text(3), follow_up=text(4)
)
DATES = Many("dates", "DTP", when())
SPECIALTY = One("PRV", care_role=text(1), taxonomy_list=text(2), taxonomy=text(3))
PARTY_PARTS: tuple[Part, ...] = (
    One("NM1", role=text(1), is_person=flag(2, "1", "2"), last_name=text(3), first_name=text(4),
        middle_name=text(5), suffix=text(7), id_qualifier=text(8), party_id=text(9), relation=text(10)),
    REFERENCES,
    AddressPart(),
    Many("contacts", "PER", contact()),
    REJECTIONS,
    SPECIALTY,
    DATES,
)  # fmt: skip
