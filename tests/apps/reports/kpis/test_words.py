"""What a KPI's numerator and denominator are numbers of is said, on pages and in exports; no bare `43 of 6`."""

import re
from datetime import date
from decimal import Decimal

import pytest


def found(name: str, top: str, bottom: str):
    from cleanclaim.apps.reports.kpis.definitions import BY_NAME
    from cleanclaim.apps.reports.kpis.questions import Asked, Found, Summed

    kpi = BY_NAME[name]
    return Found(
        kpi,
        Asked(date(2026, 11, 26)),
        (Summed(kpi.numerator[0], Decimal(top)),),
        (Summed(kpi.denominator[0], Decimal(bottom)),),
        None,
    )


@pytest.mark.parametrize(
    ("name", "top", "bottom", "words"),
    [
        ("posting_lag", "43", "6", "43 days over 6 payments"),
        ("posting_lag", "1", "1", "1 day over 1 payment"),
        ("posting_lag", "0", "1204", "0 days over 1,204 payments"),
        ("auto_post_rate", "12", "20", "12 of 20 claims"),
        ("denial_rate", "1", "1", "1 of 1 claim"),
        ("dso", "842000.00", "1656000.00", "842,000.00 over 1,656,000.00"),
    ],
)
def test_a_quotient_says_what_it_divides(database, name, top, bottom, words) -> None:
    from cleanclaim.apps.reports.kpis.tables import quotient_words

    assert quotient_words(found(name, top, bottom)) == words


def test_every_counted_kpi_has_its_units_on_the_page_and_in_the_export(database) -> None:
    from cleanclaim.apps.reports.kpis.definitions import KPIS
    from cleanclaim.apps.reports.kpis.tables import kpi_table, sheet_table, trend_table
    from cleanclaim.apps.shared.pages.grid import cell_text

    rows = [found(kpi.name, "43", "6") for kpi in KPIS]
    page, sheet = kpi_table(rows), sheet_table(rows, caption="KPIs")
    [counted] = [column for column in page.columns if column.label == "Counted"]
    units = {
        row.kpi.name: [
            column.value(row) for column in sheet.columns if column.label.endswith("or in")
        ]
        for row in rows
    }
    months = [column.label for column in trend_table([found("posting_lag", "43", "6")]).columns]

    shown = {row.kpi.name: cell_text(counted, counted.value(row)) for row in rows}
    assert {name: words for name, words in shown.items() if words} == {
        "posting_lag": "43 days over 6 payments",
        "auto_post_rate": "43 of 6 claims",
        "denial_rate": "43 of 6 claims",
    }
    assert not any(re.fullmatch(r"[0-9,]+ of [0-9,]+", words) for words in shown.values())
    assert units["posting_lag"] == ["days", "payments"]
    assert units["denial_rate"] == ["claims", "claims"]
    assert units["dso"] == ["dollars", "dollars"]
    assert months[-2:] == ["Numerator, days", "Denominator, payments"]
