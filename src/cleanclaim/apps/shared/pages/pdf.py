"""Tables as a PDF to be filed: a heading, sections with their tables, one line at the foot of each page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_INK = colors.HexColor("#1c2430")
_LINE = colors.HexColor("#c8ced8")
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=15, leading=19, textColor=_INK)
_HEAD = ParagraphStyle("head", parent=_TITLE, fontSize=10.5, leading=14, spaceBefore=10)
_WORDS = ParagraphStyle("words", fontName="Helvetica", fontSize=8.5, leading=11, textColor=_INK)
_FIGURE = ParagraphStyle("figure", parent=_WORDS, alignment=2)
_WIDTH = LETTER[0] - 1.4 * inch


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a document. `widths` are shares of the page; columns in `figures` (from 0) are right-aligned."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    figures: Sequence[int] = ()
    note: str = ""


def pdf_document(*, title: str, subtitle: str, sections: Sequence[Section], foot: str) -> bytes:
    """The document as PDF; the same content gives the same bytes."""
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=LETTER,
        leftMargin=0.7 * inch,
        rightMargin=0.7 * inch,
        topMargin=0.7 * inch,
        bottomMargin=0.8 * inch,
        title=title,
        invariant=1,
    )
    story: list[Flowable] = [_paragraph(title, _TITLE), _paragraph(subtitle, _WORDS), Spacer(1, 6)]
    for section in sections:
        story.append(_paragraph(section.title, _HEAD))
        if section.note:
            story.append(_paragraph(section.note, _WORDS))
        if section.rows:
            story.append(_table(section))
    draw = _footer(foot)
    document.build(story, onFirstPage=draw, onLaterPages=draw)
    return target.getvalue()


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


def _table(section: Section) -> Table:
    whole = sum(section.widths)

    def cells(row: Sequence[str]) -> list[Paragraph]:
        return [
            _paragraph(text, _FIGURE if place in section.figures else _WORDS)
            for place, text in enumerate(row)
        ]

    return Table(
        [cells(section.head), *(cells(row) for row in section.rows)],
        colWidths=[_WIDTH * share / whole for share in section.widths],
        repeatRows=1,
        style=TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, _LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        ),
    )


def _footer(foot: str) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 7.5)
        canvas.setFillColor(_INK)
        canvas.drawString(0.7 * inch, 0.5 * inch, foot)
        canvas.drawRightString(LETTER[0] - 0.7 * inch, 0.5 * inch, f"page {document.page}")
        canvas.restoreState()

    return draw
