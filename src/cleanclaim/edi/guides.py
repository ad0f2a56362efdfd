"""The messages we know: which guide ids each answers to, and its compiled guide. One line a message."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cleanclaim.edi.ack997 import guide as ack997_guide
from cleanclaim.edi.ack999 import guide as ack999_guide
from cleanclaim.edi.hc275 import guide as hc275_guide
from cleanclaim.edi.hc277ca import guide as hc277ca_guide
from cleanclaim.edi.hc820 import guide as hc820_guide
from cleanclaim.edi.hc834 import guide as hc834_guide
from cleanclaim.edi.hc835 import guide as hc835_guide
from cleanclaim.edi.hc837d import guide as hc837d_guide
from cleanclaim.edi.hc837i import guide as hc837i_guide
from cleanclaim.edi.hc837p import guide as hc837p_guide
from cleanclaim.wire.x12.guide import Guide, parse_guide


@dataclass(frozen=True, slots=True)
class MessageType:
    """One message of the field.

    Attributes:
        name: what people call it, such as `837P`; unique.
        st01, functional_id: ST01 and GS01 that it travels with.
        guides: GS08 (and ST03 where the message has one); revisions read alike, the first is written.
        versions: GS08 that name a version only; such a message is told by its group's functional id.
    """

    name: str
    st01: str
    functional_id: str
    guides: tuple[str, ...]
    text: Callable[[], str]
    versions: tuple[str, ...] = ()


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
    MessageType("997", "997", "FA", ("005010X230",), ack997_guide.text, ("005010", "004010")),
    MessageType("999", "999", "FA", ("005010X231A1", "005010X231"), ack999_guide.text),
)  # fmt: skip

SUPPORTED: dict[str, MessageType] = {
    guide: message for message in MESSAGES for guide in message.guides
}
_BY_VERSION: dict[tuple[str, str], MessageType] = {
    (message.functional_id, version): message
    for message in MESSAGES
    for version in message.versions
}
_BY_NAME: dict[str, MessageType] = {message.name: message for message in MESSAGES}
FUNCTIONAL_IDS: frozenset[str] = frozenset(message.functional_id for message in MESSAGES)


def message_type(guide: str, functional_id: str) -> MessageType | None:
    """The message that GS08 and GS01 stand for; None where we do not know it."""
    return SUPPORTED.get(guide) or _BY_VERSION.get((functional_id, guide))


@cache
def guide_for(name: str) -> Guide:
    """The compiled guide of the message that people call `name`."""
    message = _BY_NAME[name]
    return parse_guide(name, message.text(), message.st01)
