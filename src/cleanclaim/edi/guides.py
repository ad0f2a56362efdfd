"""The messages we know: which guide ids each answers to, and its compiled guide. One line a message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from cleanclaim.edi.ack997 import guide as ack997_guide
from cleanclaim.edi.ack999 import guide as ack999_guide
from cleanclaim.edi.eligibility import guide as eligibility_guide
from cleanclaim.edi.hc275 import guide as hc275_guide
from cleanclaim.edi.hc277ca import guide as hc277ca_guide
from cleanclaim.edi.hc820 import guide as hc820_guide
from cleanclaim.edi.hc834 import guide as hc834_guide
from cleanclaim.edi.hc835 import guide as hc835_guide
from cleanclaim.edi.hc837d import guide as hc837d_guide
from cleanclaim.edi.hc837i import guide as hc837i_guide
from cleanclaim.edi.hc837p import guide as hc837p_guide
from cleanclaim.edi.review import guide as review_guide
from cleanclaim.edi.status import guide as status_guide
from cleanclaim.wire.x12.guide import Guide, parse_guide


@dataclass(frozen=True, slots=True)
class MessageType:
    """One message of the field.

    Attributes:
        name: what people call it, such as `837P`; unique.
        st01, functional_id: ST01 and GS01 that it travels with.
        guides: GS08 (and ST03 where the message has one); revisions read alike, the first is written.
        versions: GS08 that name a version only; such a message is told by its group's functional id.
        variant: BHT02 that tell it from another message of the same ST01 and guide; empty where there is no other,
            or for what has no BHT02 of any variant.
    """

    name: str
    st01: str
    functional_id: str
    guides: tuple[str, ...]
    text: Callable[[], str]
    versions: tuple[str, ...] = ()
    variant: frozenset[str] = frozenset()


MESSAGES: tuple[MessageType, ...] = (
    MessageType("837P", "837", "HC", ("005010X222A1", "005010X222A2", "005010X222"),
                hc837p_guide.text),
    MessageType("837I", "837", "HC",
                ("005010X223A2", "005010X223A3", "005010X223A1", "005010X223"), hc837i_guide.text),
    MessageType("837D", "837", "HC",
                ("005010X224A2", "005010X224A3", "005010X224A1", "005010X224"), hc837d_guide.text),
    MessageType("835", "835", "HP", ("005010X221A1", "005010X221"), hc835_guide.text),
    MessageType("277CA", "277", "HN", ("005010X214",), hc277ca_guide.text),
    MessageType("834", "834", "BE", ("005010X220A1", "005010X220"), hc834_guide.text),
    MessageType("820", "820", "RA", ("005010X218",), hc820_guide.text),
    MessageType("275", "275", "PI", ("005010X210", "005010X211", "006020X314"), hc275_guide.text),
    MessageType("270", "270", "HS", ("005010X279A1", "005010X279"), eligibility_guide.inquiry_text),
    MessageType("271", "271", "HB", ("005010X279A1", "005010X279"), eligibility_guide.answer_text),
    MessageType("276", "276", "HR", ("005010X212",), status_guide.inquiry_text),
    MessageType("277", "277", "HN", ("005010X212",), status_guide.answer_text),
    MessageType("278-request", "278", "HI", ("005010X217",), review_guide.request_text),
    MessageType("278-response", "278", "HI", ("005010X217",), review_guide.response_text,
                variant=frozenset({"11"})),
    MessageType("997", "997", "FA", ("005010X230",), ack997_guide.text, ("005010", "004010")),
    MessageType("999", "999", "FA", ("005010X231A1", "005010X231"), ack999_guide.text),
)  # fmt: skip

_BY_GUIDE: dict[str, tuple[MessageType, ...]] = {
    guide: tuple(message for message in MESSAGES if guide in message.guides)
    for message in MESSAGES
    for guide in message.guides
}
SUPPORTED: frozenset[str] = frozenset(_BY_GUIDE)
_BY_VERSION: dict[tuple[str, str], MessageType] = {
    (message.functional_id, version): message
    for message in MESSAGES
    for version in message.versions
}
_BY_NAME: dict[str, MessageType] = {message.name: message for message in MESSAGES}
FUNCTIONAL_IDS: frozenset[str] = frozenset(message.functional_id for message in MESSAGES)
_MOST_BEFORE_BHT = 3  # segments looked at: BHT stands second


def types_of(guide: str, functional_id: str) -> tuple[MessageType, ...]:
    """The messages that GS08 and GS01 stand for; several where BHT02 tells them apart, none where we know none.

    A guide that several groups share is told by the group; a group that fits none of them gets them all.
    """
    shared = _BY_GUIDE.get(guide, ())
    fitting = tuple(message for message in shared if message.functional_id == functional_id)
    by_version = _BY_VERSION.get((functional_id, guide))
    return fitting or shared or ((by_version,) if by_version else ())


def message_type(guide: str, functional_id: str) -> MessageType | None:
    """The first of the messages that GS08 and GS01 stand for; None where we know none."""
    return next(iter(types_of(guide, functional_id)), None)


def find_type(
    guide: str, functional_id: str, first_segments: Sequence[str], separator: str = "*"
) -> MessageType | None:
    """The message that begins with such segments; as `message_type`, but ST01 and BHT02 pick among several."""
    types = types_of(guide, functional_id)
    if len(types) < 2:
        return next(iter(types), None)
    kind = first_segments[0].split(separator, 2)[1:2] if first_segments else []
    fitting = [message for message in types if [message.st01] == kind] or types
    purpose = _purpose(first_segments, separator)
    return next((message for message in fitting if purpose in message.variant), fitting[0])


def _purpose(first_segments: Sequence[str], separator: str) -> str:
    for raw in first_segments[:_MOST_BEFORE_BHT]:
        elements = raw.split(separator, 3)
        if elements[0] == "BHT" and len(elements) > 2:
            return elements[2]
    return ""


@cache
def guide_for(name: str) -> Guide:
    """The compiled guide of the message that people call `name`."""
    message = _BY_NAME[name]
    return parse_guide(name, message.text(), message.st01)
