"""A keyed EOB as a table: no check of it is lost, and no cell stands below another heading."""

import pytest

from cleanclaim.kernel.errors import InputError

HEAD = "payer,number,check_amount,paid_on,kind,claim,line,paid\n"
ONE = "Coastal,C1,80.00,2026-07-08,line,A1,1,80.00\n"
TWO = "Coastal,C2,20.00,2026-07-08,line,A2,1,20.00\n"


def read(text: str):
    from cleanclaim.apps.billing.keying.csv_file import read_sheets

    return read_sheets(text.encode())


def test_rows_go_to_the_check_above_them(template_database):
    sheets, problems = read(HEAD + ONE + ",,,,line,A3,1,0.00\n\n" + TWO)

    assert problems == []
    assert [(one.number, one.place, len(one.rows)) for one in sheets] == [
        ("C1", "line 2", 2), ("C2", "line 5", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + ONE + '"Coastal,C2,20.00\n' + TWO, "line 4: unexpected end of data"),
        (HEAD + ONE + '"Coastal\n' + TWO.replace("A2", 'A2"'), "line 4: "),
        (HEAD + ONE.replace(",1,80.00", ",1,1,080.00"), "line 2: 9 cells, expected 8 at most"),
        (HEAD.replace("line,paid", "paid,paid") + ONE, "line 1: column paid stands twice"),
        (HEAD + ONE.replace("Coastal", "Coa\0stal"), "line 2: a zero byte"),
    ],
)
def test_what_would_be_lost_is_refused(template_database, text, words):
    with pytest.raises(InputError) as refusal:
        read(text)

    assert words in refusal.value.message
