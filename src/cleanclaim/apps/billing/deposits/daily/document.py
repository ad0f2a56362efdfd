"""The day's proof as a PDF to be filed."""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.apps.billing.deposits.daily.figures import DayProof, Row
from cleanclaim.apps.shared.pages.pdf import Section, pdf_document
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import show, total
from cleanclaim.rules.reconciliation.day import DayItem

_SIDES = ("Remitted", "Posted", "At the bank")


def day_pdf(proof: DayProof, *, organization: str, signed: str = "") -> bytes:
    """All figures of the proof; `signed` says who signed and when, empty = not signed."""
    verdict = (
        "Every difference is explained: 0.00" if proof.is_proved
        else f"Not explained: {show(proof.difference)}"
    )  # fmt: skip
    return pdf_document(
        title=f"Daily proof of {show_day(proof.day)}",
        subtitle=f"{organization}. {verdict}. {signed[:1].upper() + signed[1:] or 'Not signed'}.",
        sections=[
            Section(
                "Three sides", ("", "Amount"), _sides(proof), (5, 2), (1,),
            ),
            _items("Posted less remitted", proof.posted - proof.remitted, proof.posted_items),
            _items("Bank less posted", proof.bank - proof.posted, proof.bank_items),
            _rows("By payer", proof.payers),
            _rows("By batch", proof.batches),
            Section(
                "By person",
                ("Who", "Posted", "Placed"),
                [(one.name, show(one.posted), show(one.placed)) for one in proof.users],
                (4, 2, 2),
                (1, 2),
            ),
        ],
        foot=f"Digest of the figures: {proof.digest}",
    )  # fmt: skip


def _sides(proof: DayProof) -> list[tuple[str, str]]:
    lines: list[tuple[str, Decimal]] = [
        ("Remitted (payments of messages received)", proof.remitted),
        ("Posted: claims", proof.claims_paid),
        *((f"Posted: {reason}", amount) for reason, amount in proof.adjustments),
        ("Posted, in all", proof.posted),
        ("of it unapplied: its claims were not found", proof.unapplied),
        ("At the bank (lines of the day)", proof.bank),
        *(
            (f"Booked on the bank account without a bank line: {k}", a)
            for k, a in proof.books_items
        ),
        ("Unidentified cash at the end of the day", proof.unidentified),
        ("Unapplied cash at the end of the day", proof.unapplied_total),
        ("Money out that nobody has explained, by the end of the day", proof.money_out_open),
        *((f"Unexplained: {name}", amount) for name, amount in proof.unexplained.items()),
    ]
    return [(words, show(amount)) for words, amount in lines]


def _items(title: str, apart: Decimal, items: Iterable[DayItem]) -> Section:
    found = list(items)
    rows = [(one.kind, one.shown, one.payer, show(one.amount)) for one in found]
    if rows:
        rows.append(("Total", "", "", show(total(one.amount for one in found))))
    return Section(
        f"{title}: {show(apart)}", ("Why", "What", "Payer", "Amount"), rows, (4, 6, 5, 3), (3,),
        note="" if rows else "No difference.",
    )  # fmt: skip


def _rows(title: str, rows: Iterable[Row]) -> Section:
    found = [
        (one.shown, one.payer, show(one.remitted), show(one.posted), show(one.bank)) for one in rows
    ]
    return Section(title, ("", "Payer", *_SIDES), found, (6, 5, 3, 3, 3), (2, 3, 4))
