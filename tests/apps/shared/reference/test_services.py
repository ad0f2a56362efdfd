"""Editions are loaded once and never changed."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError

DAY = date(2026, 1, 1)


@pytest.fixture
def inside(plan):
    """The plan's tenant."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(plan)


def _load(inside, text: str, *, release: str = "1", name: str = "clinic", valid_from: date = DAY):
    from cleanclaim.apps.shared.reference.services import load_fees, read_fee_csv

    with inside():
        return load_fees(
            read_fee_csv(text),
            name=name,
            release=release,
            publisher="us",
            licence="own",
            valid_from=valid_from,
        )


HEAD = "code,modifier,amount,valid_from,valid_to\n"


@pytest.mark.database_core
def test_the_same_release_again_is_the_same_edition(inside) -> None:
    first = _load(inside, HEAD + "G0438,,160.44,,\nA4253,NU,8.32,,\n")
    second = _load(inside, HEAD + "a4253,nu,8.320,,\nG0438,,160.44,,\n")

    assert first.pk == second.pk
    assert first.row_count == 2


@pytest.mark.database_core
def test_a_release_with_other_rows_is_refused(inside) -> None:
    _load(inside, HEAD + "G0438,,160.44,,\n")

    with pytest.raises(StateError, match="is loaded with other rows"):
        _load(inside, HEAD + "G0438,,160.45,,\n")


@pytest.mark.database_core
def test_loaded_rows_cannot_be_changed_by_the_app_or_the_owner(inside, plan, database) -> None:
    import psycopg

    from cleanclaim.apps.shared.reference.models import Edition, FeeRow

    _load(inside, HEAD + "G0438,,160.44,,\n")

    for model in (FeeRow, Edition):
        from django.db import DatabaseError

        with pytest.raises(DatabaseError), inside():
            model.objects.update(valid_from=date(2020, 1, 1))
        with psycopg.connect(database.owner) as owner:
            owner.execute("SELECT set_config('cleanclaim.tenant', %s, false)", [str(plan)])
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,amount\n", "line 1: column modifier missing"),
        (HEAD + "G0438,,160.44,,\nG0439,,lots,,\n", "line 3: amount 'lots', expected dollars"),
        (HEAD + "G0438,,1.00,yesterday,\n", "line 2: .*expected a day as YYYY-MM-DD"),
    ],
)
def test_a_wrong_table_is_located(database, text: str, words: str) -> None:
    from cleanclaim.apps.shared.reference.services import read_fee_csv

    with pytest.raises(InputError, match=words):
        read_fee_csv(text)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("G438,,1.00,,", "fee code 'G438': expected five"),
        ("G0438,X,1.00,,", "modifier 'X', expected two"),
        ("G0438,,-1.00,,", "amount -1.00, expected zero to 100,000,000"),
        ("G0438,,1.00001,,", "four decimals at most"),
        ("G0438,,NaN,,", "amount 'NaN'"),
        ("G0438,,1.00,,2025-12-31", "ends on 2025-12-31, not after its first day"),
        ("G0438,,1.00,,\nG0438,,2.00,,", "fee G0438: two rows hold on 2026-01-01"),
        ("G0438,,1.00,,2026-03-01\nG0438,,2.00,2026-02-28,", "two rows hold on 2026-02-28"),
    ],
)
def test_a_wrong_row_is_named(inside, row: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _load(inside, HEAD + row + "\n")


@pytest.mark.database_core
def test_what_ships_holds_no_cpt_or_dental_code(inside) -> None:
    from cleanclaim.apps.shared.reference.models import FeeRow
    from cleanclaim.apps.shared.reference.services import load_packed_fees

    with inside():
        editions = load_packed_fees()
        again = load_packed_fees()
        codes = set(FeeRow.objects.values_list("code", flat=True))

    assert [str(edition) for edition in editions] == [
        "dmepos 2025-01",
        "drugs 2026-01",
        "physician 2025-01",
    ]
    assert [edition.pk for edition in again] == [edition.pk for edition in editions]
    assert len(codes) > 1000
    assert all(code[0] in "ABCEGHJKLMPQRSTUV" and code[1:].isdigit() for code in codes)


def test_the_packed_tables_are_what_the_publishers_files_give(shared_data, tmp_path) -> None:
    from cleanclaim.apps.shared.reference.pack import DATA, pack_all

    pack_all(shared_data / "data", tmp_path)

    for table in tmp_path.glob("*/table.csv"):
        packed = DATA / table.relative_to(tmp_path)
        assert packed.read_bytes() == table.read_bytes()


@pytest.mark.database_core
def test_amounts_are_the_published_ones(inside) -> None:
    from cleanclaim.apps.shared.reference.selectors import fee_table
    from cleanclaim.apps.shared.reference.services import load_packed_fees

    with inside():
        load_packed_fees()
        fees = fee_table(
            ["physician", "dmepos"], first_on=date(2025, 6, 1), last_on=date(2025, 6, 1)
        )

    visit = fees.fee("physician", "G0438", (), on=date(2025, 6, 1))
    water = fees.fee("dmepos", "A4216", (), on=date(2025, 6, 1))
    assert visit is not None
    assert visit.amount == Decimal("160.44")  # 4.96 units x 32.3465
    assert visit.edition == "physician 2025-01"
    assert water is not None
    assert water.amount == Decimal("0.62")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,modifier,amount\n99213,,1,234.56\n", "fee table line 2: 4 cells, expected 3 at most"),
        (HEAD + 'G0438,,"160.44,,\nG0439,,1.00,,\n', "fee table line 3: unexpected end of data"),
        (HEAD + "G0438,,1_60.44,,\n", "fee table line 2: amount '1_60.44'"),
        (HEAD + "G0438,,1e2,,\n", "fee table line 2: amount '1e2'"),
        (HEAD + "G0438,,\u0661,,\n", "fee table line 2: amount '\u0661'"),
        ("code,modifier,amount,amount\nG0438,,1.00,2.00\n", "line 1: column amount stands twice"),
        (HEAD + "G0438,,1.00,0001-01-01,\n", "fee table line 2: valid_from 0001-01-01: expected a year"),
        (HEAD + "G0438,,1.00,2026-W01-1,\n", "fee table line 2: valid_from '2026-W01-1'"),
        (HEAD + "G0438,,1" + "0" * 200_000 + ",,\n", "fee table line 2: field larger"),
        (HEAD + "G0438,\0,1.00,,\n", "fee table line 2: a zero byte"),
    ],
)  # fmt: skip
def test_no_price_is_read_as_another_one(text, words) -> None:
    from cleanclaim.apps.shared.reference.services import read_fee_csv

    with pytest.raises(InputError) as refusal:
        read_fee_csv(text)

    assert words in refusal.value.message
