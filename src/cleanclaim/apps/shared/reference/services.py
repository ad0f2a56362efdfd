"""Load editions. The same release again is the same edition; other bytes under its name are refused."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from cleanclaim.apps.shared.reference.models import Edition, FeeRow
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.csv_rows import read_rows
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError, StateError

DATA = Path(__file__).parent / "data"
_MOST = Decimal(10**8)  # as large as a charge may be
# A minus and more decimals than there may be are read, to be refused in words of their own.
_PLAIN_AMOUNT = re.compile(r"-?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOADER = 0x66656573


@dataclass(frozen=True, slots=True)
class Fee:
    """One row to load: dollars per unit. Without days it holds as long as its edition."""

    code: str
    amount: Decimal
    modifier: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def load_fees(
    fees: Iterable[Fee],
    *,
    name: str,
    release: str,
    publisher: str,
    licence: str,
    valid_from: date,
    valid_to: date | None = None,
) -> Edition:
    """The edition with these rows; loaded before, it comes back as it is.

    Raises:
        StateError: the release is loaded with other rows.
        InputError: a row is wrong, or comes twice.
    """
    rows = _checked(fees, valid_from=valid_from)
    digest = _digest(rows)
    with connection.cursor() as cursor:  # of two loaders one loads, the other finds it
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOADER, current_tenant() % 2**31])
    loaded = Edition.objects.filter(kind="fees", name=name, release=release).first()
    if loaded is not None:
        if loaded.sha256 != digest:
            raise StateError(
                f"fee schedule {name} {release} is loaded with other rows",
                hint="An edition is never changed. Give the correction a release of its own.",
            )
        return loaded
    edition = Edition.objects.create(
        kind="fees",
        name=name,
        publisher=publisher,
        release=release,
        sha256=digest,
        licence=licence,
        valid_from=valid_from,
        valid_to=valid_to,
        row_count=len(rows),
    )
    insert_rows(
        FeeRow,
        ["edition", "code", "modifier", "amount", "valid_from", "valid_to"],
        [
            (
                edition.pk,
                fee.code,
                fee.modifier,
                fee.amount,
                fee.valid_from or valid_from,
                fee.valid_to,
            )
            for fee in rows
        ],
    )
    return edition


@transaction.atomic
def load_packed_fees() -> list[Edition]:
    """Load the fee schedules that ship with the program, by name."""
    return [_load_packed(folder) for folder in sorted(DATA.iterdir()) if folder.is_dir()]


def _load_packed(folder: Path) -> Edition:
    source = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
    return load_fees(
        read_fee_csv((folder / "table.csv").read_text(encoding="utf-8")),
        name=source["name"],
        release=source["release"],
        publisher=source["publisher"],
        licence=source["licence"],
        valid_from=source["valid_from"],
    )


def read_fee_csv(text: str) -> list[Fee]:
    """Rows of a table `code,modifier,amount[,valid_from,valid_to]`; days as YYYY-MM-DD.

    Raises:
        InputError: a column is missing or a value is wrong; the message names the line.
    """
    try:
        return _fees(text)
    except InputError as error:
        raise InputError(f"fee table {error.message}", hint=error.hint) from error


def _fees(text: str) -> list[Fee]:
    table = read_rows(text)
    missing = {"code", "modifier", "amount"} - set(table.heads)
    if missing:
        raise InputError(
            f"line 1: column {', '.join(sorted(missing))} missing",
            hint="The first line is: code,modifier,amount,valid_from,valid_to",
        )
    return [_fee(row, line) for line, row in table.rows]


def _fee(row: dict[str, str], line: int) -> Fee:
    if not _PLAIN_AMOUNT.fullmatch(row["amount"]):
        raise InputError(
            f"line {line}: amount {row['amount'][:20]!r}, expected dollars such as 12.50"
        )
    return Fee(
        code=row["code"].upper(),
        modifier=row["modifier"].upper(),
        amount=Decimal(row["amount"]),
        valid_from=_day(row, "valid_from", line),
        valid_to=_day(row, "valid_to", line),
    )


def _day(row: dict[str, str], name: str, line: int) -> date | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        if not _ISO_DAY.fullmatch(text):
            raise ValueError(text)
        return checked_day(date.fromisoformat(text), f"line {line}: {name}")
    except ValueError as error:
        raise InputError(
            f"line {line}: {name} {text[:20]!r}, expected a day as YYYY-MM-DD"
        ) from error


def _checked(fees: Iterable[Fee], *, valid_from: date) -> list[Fee]:
    """The rows in order of code, modifier and day, each checked."""
    rows = sorted(fees, key=lambda fee: (fee.code, fee.modifier, fee.valid_from or valid_from))
    before: Fee | None = None
    for fee in rows:
        _check(fee, valid_from)
        if before is not None and (before.code, before.modifier) == (fee.code, fee.modifier):
            start = fee.valid_from or valid_from
            if before.valid_to is None or before.valid_to > start:
                raise InputError(
                    f"fee {_label(fee)}: two rows hold on {start}, expected one",
                    hint="End the earlier row on the day the later one begins.",
                )
        before = fee
    return rows


def _check(fee: Fee, valid_from: date) -> None:
    is_procedure = len(fee.code) == 5 and fee.code.isascii() and fee.code.isalnum()
    is_drug = len(fee.code) == 11 and fee.code.isascii() and fee.code.isdigit()
    if not (is_procedure or is_drug):
        raise InputError(
            f"fee code {fee.code!r}: expected five letters or digits, or the eleven digits of an NDC"
        )
    if len(fee.modifier) not in (0, 2):
        raise InputError(f"fee {fee.code}: modifier {fee.modifier!r}, expected two characters")
    exponent = fee.amount.as_tuple().exponent
    if (
        not fee.amount.is_finite()
        or not 0 <= fee.amount < _MOST
        or not isinstance(exponent, int)
        or exponent < -4
    ):
        raise InputError(
            f"fee {_label(fee)}: amount {fee.amount}, expected zero to {_MOST:,}, four decimals at most"
        )
    if fee.valid_to is not None and fee.valid_to <= (fee.valid_from or valid_from):
        raise InputError(f"fee {_label(fee)}: ends on {fee.valid_to}, not after its first day")


def _label(fee: Fee) -> str:
    return f"{fee.code}-{fee.modifier}" if fee.modifier else fee.code


def _digest(rows: Sequence[Fee]) -> str:
    """SHA-256 over the rows in order, so that the same table is known by any door."""
    digest = hashlib.sha256()
    for fee in rows:
        amount = fee.amount.normalize()
        digest.update(
            f"{fee.code},{fee.modifier},{amount:f},{fee.valid_from},{fee.valid_to}\n".encode()
        )
    return digest.hexdigest()
