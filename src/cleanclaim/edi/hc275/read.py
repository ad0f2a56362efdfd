"""From a walked 275 to its head and its attachments, one at a time."""

from collections.abc import Iterator
from datetime import date

from cleanclaim.edi.fields import Elements, Keeper, at, day, days, read_reference, whole
from cleanclaim.edi.hc275.values import Attachment, AttachmentHead, AttachmentParty, Document
from cleanclaim.values.party import Reference
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, released
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = "2000"
NO_DAY = date.min  # of a refused message whose head has no day

_NM1 = frozenset({1, 2, 3, 4, 8, 9})


def read_head(result: Walk) -> AttachmentHead:
    """Who sends what about whom."""
    path = next(tree.leaves(result, LEAF), None)
    root = path[0] if path else tree.whole(result)
    keeper = Keeper(result.delimiters.component)
    bgn: Elements = ["BGN"]
    for elements in root.segments[1:]:
        if elements[0] == "BGN":
            bgn = elements
            keeper.rest(root.id, bgn, frozenset({1, 2, 3, 4}))
        else:
            keeper.keep(root.id, elements)
    parties = tuple(_read_party(block, result.delimiters) for block in root.children("1000"))
    return AttachmentHead(
        at(bgn, 2), day(at(bgn, 3)) or NO_DAY, parties, at(bgn, 1), at(bgn, 4), keeper.taken()
    )


def read_units(result: Walk) -> Iterator[tuple[int, Attachment]]:
    """Each attachment with the number of its first segment."""
    for path in tree.leaves(result, LEAF):
        yield path[-1].position, read_attachment(path[-1], result.delimiters)


def _read_party(block: Block, delimiters: Delimiters) -> AttachmentParty:
    keeper = Keeper(delimiters.component)
    name = block.segments[0]
    keeper.rest(block.id, name, _NM1)
    references: list[Reference] = []
    service: tuple[date | None, date | None] = (None, None)
    for elements in block.segments[1:]:
        reference = read_reference(elements) if elements[0] == "REF" else None
        if reference:
            references.append(reference)
        elif elements[0] == "DTP" and service[0] is None and (found := _service(elements)):
            service = found
        else:
            keeper.keep(block.id, elements)
    for child in block.blocks:
        keeper.keep_whole(child)
    return AttachmentParty(
        at(name, 1), at(name, 3), at(name, 4), at(name, 2) == "1", at(name, 8), at(name, 9),
        tuple(references), *service, keeper.taken(),
    )  # fmt: skip


def _service(elements: Elements) -> tuple[date, date | None] | None:
    if at(elements, 1) != "472" or at(elements, 2) not in ("D8", "RD8"):
        return None
    first, last = days(elements[2], at(elements, 3))
    is_whole = first is not None and (elements[2] == "D8" or last is not None)
    return (first, last) if first is not None and is_whole else None


def read_attachment(block: Block, delimiters: Delimiters) -> Attachment:
    """What loop 2000 says."""
    keeper = Keeper(delimiters.component)
    trn: Elements = ["TRN"]
    cat: Elements = ["CAT"]
    submitted_on = None
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        reference = read_reference(elements) if tag == "REF" else None
        if tag == "TRN" and len(trn) == 1:
            trn = elements
            keeper.rest(block.id, trn, frozenset({1, 2}))
        elif tag == "CAT":
            cat = elements
            keeper.rest(block.id, cat, frozenset({1, 2}))
        elif reference:
            references.append(reference)
        elif (
            tag == "DTP"
            and submitted_on is None
            and elements[1:3] == ["368", "D8"]
            and day(at(elements, 3))
        ):
            submitted_on = day(elements[3])
        else:
            keeper.keep(block.id, elements)
    return Attachment(
        tuple(_read_document(child, delimiters) for child in block.children("2110")),
        whole(at(block.segments[0], 1)), at(trn, 2),
        at(trn, 1), at(cat, 1), at(cat, 2), submitted_on, tuple(references), keeper.taken(),
    )  # fmt: skip


def _content(held: str) -> bytes:
    """The bytes that were held; of a message refused for its length, which nobody held, the text as it stands."""
    try:
        return released(held)
    except ValueError:
        return held.encode()


def _read_document(block: Block, delimiters: Delimiters) -> Document:
    keeper = Keeper(delimiters.component)
    form = block.segments[0]
    keeper.rest(block.id, form, frozenset({1}))
    content, filter_code = b"", ""
    for elements in block.segments[1:]:
        number = LENGTH_ELEMENT[elements[0]]
        content = _content(at(elements, number + 1))
        filter_code = at(elements, 1) if number > 1 else ""
    return Document(content, filter_code, at(form, 1), keeper.taken())
