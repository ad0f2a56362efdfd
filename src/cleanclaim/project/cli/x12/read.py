"""`cleanclaim x12 read FILE --as jsonl|parquet|csv --out DIR`."""

import argparse
import json
from base64 import b64encode
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from cleanclaim.edi import read
from cleanclaim.kernel.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """File, form and folder."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="form", choices=("jsonl", "parquet", "csv"), default="jsonl")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="made if need be")


def run(args: argparse.Namespace) -> int:
    """0 = written."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        if args.form == "jsonl":
            _write_lines(args.file, args.out / f"{args.file.stem}.jsonl")
        else:
            _write_tables(args.file, args.out, args.form)
    except OSError as error:
        raise InputError(f"{error.filename or args.file}: {error.strerror or error}") from error
    return 0


def _write_lines(file: Path, target: Path) -> None:
    draft = target.with_name(target.name + ".part")
    count = 0
    with draft.open("w", encoding="utf-8") as out:
        for unit in read(file):
            count += 1
            out.write(json.dumps(as_plain(unit._asdict()), ensure_ascii=False) + "\n")
    draft.replace(target)
    print(f"{target}: {count:,} values")


def _write_tables(file: Path, folder: Path, form: Literal["parquet", "csv"]) -> None:
    from cleanclaim.edi import write_tables

    try:
        made = write_tables(file, folder, as_=form)
    except ImportError as error:
        raise InputError(
            f"--as {form} needs pyarrow", hint="pip install 'cleanclaim[bulk]'"
        ) from error
    for name, rows in made.items():
        print(f"{folder / name}.{form}: {rows:,} rows")


def as_plain(value: Any) -> Any:
    """A typed value as JSON knows it: amounts as text, bytes as base64, so that nothing is lost; empty fields left out."""
    if is_dataclass(value):
        found = {f.name: as_plain(getattr(value, f.name)) for f in fields(value)}
        return {name: item for name, item in found.items() if item not in (None, "", [], {})}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(item) for item in value]
    if isinstance(value, dict):
        found = {str(key): as_plain(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in (None, "", [], {})}
    return value
