"""The tables once more, read plainly: one segment, one cell at a time, from the walked messages of `read_file`."""

from decimal import Decimal

from cleanclaim.edi import read_file, tables
from cleanclaim.edi.bulk import layout
from cleanclaim.edi.fields import amount, at, day

LINKS = {"billing": "2010AA", "subscriber": "2010BA", "patient": "2010CA", "payer": "2010BB"}
CLAIMS, LINES = {"2300", "2100"}, {"2400", "2110"}


def bulk(data, **options):
    """What `tables` gives, as rows by table."""
    found = {table.name: [] for table in layout.TABLES}
    for name, batch in tables(data, **options):
        batch.validate(full=True)
        found[name] += batch.to_pylist()
    return found


def plain(data, *, file=""):
    """What `tables` should give, less the table `messages`."""
    found = {table.name: [] for table in layout.TABLES if table is not layout.MESSAGES}
    claims = messages = groups = 0
    for i, interchange in enumerate(read_file(data).interchanges, 1):
        for group in interchange.groups:
            groups += 1
            for message in group.messages:
                messages += 1
                if message.name in ("837P", "837I", "837D", "835") and message.walked is not None:
                    reader = _Message(message.walked, (file, i, groups, messages), claims)
                    reader.read(found)
                    claims = reader.claims
    return found


def _within(loop, ids):
    while loop is not None and loop.id not in ids:
        loop = loop.parent
    return loop is not None


class _Message:
    def __init__(self, walked, ids, claims):
        self.delimiters, self.ids, self.claims = walked.delimiters, ids, claims
        self.rows = [
            (place, raw.split(walked.delimiters.element), position)
            for position, (place, raw) in enumerate(
                zip(walked.places, walked.segments, strict=True), walked.first
            )
            if place is not None
        ]

    def read(self, found):
        starts, line, links = {}, 0, {}
        for number, (place, elements, position) in enumerate(self.rows):
            loop = place.loop
            if place is loop.first:
                starts[loop.depth] = position
            if place.starts_loop:
                self.claims += loop.id in CLAIMS
                line = 0 if loop.id in CLAIMS else line + (loop.id in LINES)
                links |= {name: position for name, id_ in LINKS.items() if id_ == loop.id}
            shared = (
                *self.ids,
                self.claims if _within(loop, CLAIMS) else None,
                line if _within(loop, LINES) else None,
                position,
                loop.id,
                starts[loop.depth],
            )
            for table in layout.TABLES:
                wanted = [row.split("/") for row in table.rows]
                if not any(id_ in ("*", loop.id) and tag == place.tag for id_, tag in wanted):
                    continue
                for shift, ordinal in self._repeats(table, elements):
                    row = dict(zip([f.name for f in layout.SHARED], shared, strict=True))
                    for field in table.fields:
                        if field.name in LINKS and table.name == "claims":
                            is_there = field.name != "patient" or _within(loop, {"2000C"})
                            row[field.name] = links.get(field.name) if is_there else None
                        elif field.name == "ordinal":
                            row["ordinal"] = ordinal
                        else:
                            row[field.name] = self._cell(field, number, table.every, shift)
                    found[table.name].append(row)

    def _repeats(self, table, elements):
        if table.every is None:
            return [(0, 1)]
        first, width = table.every
        return [
            (k, 1 + k // width)
            for k in range(0, max(len(elements) - first, 0), width)
            if any(at(elements, first + k + n) for n in range(min(width, 2)))
        ]

    def _cell(self, field, number, every, shift):
        text = ""
        place, elements, _ = self.rows[number]
        for source in field.sources:
            if source.tag == place.tag and not source.loop and not source.codes:
                moved = shift if every and source.element >= every[0] else 0
                text = at(elements, source.element + moved)
            elif (below := self._below(number, source)) is not None:
                text = at(below, source.element)
            if source.component and text:
                text = at(text.split(self.delimiters.component), source.component - 1)
            if text:
                return self._value(text, field.kind, source.part)
        return None

    def _below(self, number, source):
        """The first segment of the row's loop, or of one below it, that the source means."""
        place = self.rows[number][0]
        if place is not place.loop.first:
            return None
        for other, elements, _ in self.rows[number + 1 :]:
            if other is other.loop.first and other.loop.depth <= place.loop.depth:
                return None
            if other.loop.depth < place.loop.depth:
                return None
            wanted = other.loop.id == source.loop if source.loop else other.loop is place.loop
            if (
                wanted
                and other.tag == source.tag
                and (not source.codes or at(elements, 1) in source.codes)
            ):
                return elements
        return None

    def _value(self, text, kind, part):
        if part == ">":
            return day(text[9:]) if len(text.encode()) == 17 and text[8] == "-" else None
        if kind == layout.DAY:
            return day(text[:8] if part == "<" else text)
        if kind in (layout.MONEY, layout.QUANTITY):
            return exact(text, 2 if kind == layout.MONEY else 4)
        if kind == layout.COUNT:
            value = exact(text, 0)
            return int(value) if value is not None and 0 <= value < 2**31 else None
        return text


def exact(text, digits) -> Decimal | None:
    """The number, if it has no more decimals and no more than 18 digits in all."""
    value = amount(text)
    if value is None or value != value.quantize(Decimal(1).scaleb(-digits)):
        return None
    return value if abs(value.scaleb(digits)) < 10**18 else None
