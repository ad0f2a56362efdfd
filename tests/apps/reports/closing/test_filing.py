"""What is filed: PDF of aging, roll-forward and checklist; spreadsheets whose totals are live and right."""

import base64
import re
import zlib
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.reports.closing.cases import books

pytestmark = pytest.mark.database_core


@pytest.fixture
def ada(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    with demo():
        yield browser(practice, "Billing lead", name="Ada")


def text_of(pdf: bytes) -> str:
    """The words that a document shows, one blank between them."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    pages = b"".join(
        zlib.decompress(base64.a85decode(b"<~" + one.strip(), adobe=True)) for one in streams
    )
    shown = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", pages)
    return " ".join(b" ".join(shown).decode("latin-1").replace("\\", "").split())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/aging/?pdf=1", ["Aging on", "Open items", "difference 0.00", "20.00"]),
        (
            "/close/roll-forward/?from=2026-05-01&to=2026-05-31&pdf=1",
            ["Brought forward", "Carried forward", "40.00", "Opening + movements less closing: 0.00"],
        ),
        ("/close/2026-5/?pdf=1", ["Close of May 2026", "Checklist", "without an approved daily proof"]),
    ],
)  # fmt: skip
def test_a_page_is_filed_as_pdf(ada, path, words) -> None:
    answer = ada.get(path)

    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert [one for one in words if one not in text] == []


def test_totals_of_a_spreadsheet_are_live_and_what_the_rows_say(ada) -> None:
    data = BytesIO(ada.get("/aging/?xlsx=1&by=payer&by=bucket").content)
    sheet = ZipFile(data).read("xl/worksheets/sheet1.xml").decode()

    figures = {
        cell: Decimal(value)
        for cell, value in re.findall(
            r'<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f>[^<]*</f>)?<v>([^<]*)</v>', sheet
        )
    }
    totals = re.findall(r"<f>SUM\(([A-Z]+)2:\1([0-9]+)\)</f><v>([^<]*)</v>", sheet)
    assert len(totals) == 8  # five ages, open, credits, items
    for column, last, total in totals:
        above = sum(figures.get(f"{column}{row}", 0) for row in range(2, int(last) + 1))
        assert Decimal(total) == above
    across = re.findall(r"<f>SUM\(C2:G2\)</f><v>([^<]*)</v>", sheet)
    assert Decimal(across[0]) == sum(figures.get(f"{column}2", 0) for column in "CDEFG")
    assert Decimal("20.00") in [Decimal(total) for _, _, total in totals]


def test_a_biller_without_the_right_files_nothing(practice, ada, monkeypatch) -> None:
    from cleanclaim.apps.shared.users.models import Role

    role = Role.objects.get(name="Billing lead")
    role.permissions = [one for one in role.permissions if one != "export"]
    role.save()

    assert ada.get("/aging/?pdf=1").status_code == 403
