"""Which guide ids we know, and their compiled guides."""

from collections.abc import Callable
from functools import cache

from cleanclaim.edi.ack999 import guide as ack999_guide
from cleanclaim.edi.hc277ca import guide as hc277ca_guide
from cleanclaim.edi.hc835 import guide as hc835_guide
from cleanclaim.edi.hc837p import guide as hc837p_guide
from cleanclaim.wire.x12.guide import Guide, parse_guide

# GS08 (ST03 where it is used) -> the message's kind and its functional id (GS01). Revisions read alike.
SUPPORTED: dict[str, tuple[str, str]] = {
    "005010X222": ("837", "HC"),
    "005010X222A1": ("837", "HC"),
    "005010X222A2": ("837", "HC"),
    "005010X221": ("835", "HP"),
    "005010X221A1": ("835", "HP"),
    "005010X231": ("999", "FA"),
    "005010X231A1": ("999", "FA"),
    "005010X214": ("277", "HN"),
}
_TEXTS: dict[str, Callable[[], str]] = {
    "837": hc837p_guide.text,
    "835": hc835_guide.text,
    "999": ack999_guide.text,
    "277": hc277ca_guide.text,
}


@cache
def guide_for(kind: str) -> Guide:
    """The compiled guide of a message kind."""
    return parse_guide(kind, _TEXTS[kind]())
