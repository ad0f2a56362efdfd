"""The messages we know: which guide ids each answers to, and its compiled guide. One line a message."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cleanclaim.edi.ack999 import guide as ack999_guide
from cleanclaim.edi.hc277ca import guide as hc277ca_guide
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
    """

    name: str
    st01: str
    functional_id: str
    guides: tuple[str, ...]
    text: Callable[[], str]


MESSAGES: tuple[MessageType, ...] = (
    MessageType("837P", "837", "HC", ("005010X222A1", "005010X222A2", "005010X222"),
                hc837p_guide.text),
    MessageType("837I", "837", "HC",
                ("005010X223A2", "005010X223A3", "005010X223A1", "005010X223"), hc837i_guide.text),
    MessageType("837D", "837", "HC",
                ("005010X224A2", "005010X224A3", "005010X224A1", "005010X224"), hc837d_guide.text),
    MessageType("835", "835", "HP", ("005010X221A1", "005010X221"), hc835_guide.text),
    MessageType("277CA", "277", "HN", ("005010X214",), hc277ca_guide.text),
    MessageType("999", "999", "FA", ("005010X231A1", "005010X231"), ack999_guide.text),
)  # fmt: skip

SUPPORTED: dict[str, MessageType] = {
    guide: message for message in MESSAGES for guide in message.guides
}
_BY_NAME: dict[str, MessageType] = {message.name: message for message in MESSAGES}
FUNCTIONAL_IDS: frozenset[str] = frozenset(message.functional_id for message in MESSAGES)


@cache
def guide_for(name: str) -> Guide:
    """The compiled guide of the message that people call `name`."""
    message = _BY_NAME[name]
    return parse_guide(name, message.text(), message.st01)
