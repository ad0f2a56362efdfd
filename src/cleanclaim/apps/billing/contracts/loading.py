"""Contracts from a mapping, as `cleanclaim contracts load` and the page's form write them.

contracts:
  - code: SUM-2026
    name: Summit Rx PBM
    edition: v3
    payer: {id: "999001", name: Summit Rx PBM}
    valid_from: 2026-01-01
    pays_lesser_of_charge: false
    terms:
      - {method: awp_discount, drugs: brand, discount: 18, dispensing_fee: "0.75", clause: brand clause}
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import yaml
from yaml import MarkedYAMLError
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.reader import ReaderError
from yaml.resolver import Resolver

from cleanclaim.apps.billing.contracts.models import ContractEdition
from cleanclaim.apps.billing.contracts.services import Duty, NewEdition, save_edition
from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.kernel.dates import checked_day, read_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.ids import npi as npi_ids
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.pricing import contract_from
from cleanclaim.rules.pricing.load import CONTRACT_KEYS
from cleanclaim.rules.read import check_keys, dollars, listed, text, whole
from cleanclaim.values.party import Payer

_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_WORDS = ("provider_npi", "routing", "help_desk", "notes")
_OWN = frozenset(
    (
        "payer",
        "valid_from",
        "valid_to",
        "tolerance",
        "missing_after_days",
        "obligations",
        "document",
        *_WORDS,
    )
)


class _Mappings(SafeConstructor):
    """Mappings without a key that comes twice: it would silently drop what the first one says."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping.

        Raises:
            MarkedYAMLError: a key comes twice.
        """
        names = [str(key.value) for key, _ in node.value]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise MarkedYAMLError(
                problem=f"key {twice!r} comes twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


class _Codes(Resolver):
    """Codes as they are written: no octal, binary or base 60, so `0120` stays `0120`."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag not in _NUMBERS]
        for first, found in Resolver.yaml_implicit_resolvers.items()
    }


_Codes.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$", re.ASCII), list("-+0123456789")
)


class _Reader(_Mappings, _Codes, yaml.SafeLoader):
    """YAML read in Python: what is wrong, it says in words."""


if yaml.__with_libyaml__:

    class _QuickReader(Composer, _Mappings, _Codes, yaml.CSafeLoader):
        """The same by libyaml's parser.

        The nodes are composed in Python: libyaml's own composer ends the process on lists a hundred thousand deep, where
        Python raises an error.
        """

        def __init__(self, stream: str) -> None:
            yaml.CSafeLoader.__init__(self, stream)
            Composer.__init__(self)


def _parsed(text_: str) -> Any:
    """What stands in the text; what the quick reader refuses is looked at by the other, whose words are told."""
    if yaml.__with_libyaml__:
        with suppress(yaml.YAMLError, RecursionError, ValueError):
            return yaml.load(text_, _QuickReader)  # noqa: S506 - constructs as a SafeLoader does
    return yaml.load(text_, _Reader)  # noqa: S506 - a SafeLoader


def read_yaml(text_: str) -> list[Mapping[str, Any]]:
    """The contracts of a file.

    Raises:
        InputError: it is no YAML, or has no list `contracts`; the message names the line.
    """
    try:
        raw = _parsed(text_)
    except (ReaderError, RecursionError, ValueError) as error:
        # No character of it may be a control character, no day a 13th month, no list a hundred deep.
        words = str(error).splitlines()[0]
        raise InputError(f"contracts: {words}, expected YAML with whole days") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}" if mark else "somewhere"
        raise InputError(f"contracts, {where}: {error.problem}, expected YAML") from error
    if not isinstance(raw, dict) or not raw.get("contracts"):
        raise InputError("contracts: the list `contracts` is missing")
    check_keys(raw, frozenset({"contracts"}), "contracts")
    return list(listed(raw, "contracts", "contracts"))


def load_contract(raw: Mapping[str, Any], *, on: date, by: int | None = None) -> ContractEdition:
    """Keep one contract of the file.

    Raises:
        InputError: a key or value is wrong; the message names it.
        StateError: the edition is on record with other terms.
    """
    what = f"contract {raw.get('code', '?')}"
    check_keys(raw, CONTRACT_KEYS | _OWN, what)
    _check_words(raw, what)
    return save_edition(
        NewEdition(
            terms=contract_from({k: v for k, v in raw.items() if k in CONTRACT_KEYS}),
            payer_id=_payer(raw, what),
            valid_from=day(raw.get("valid_from"), f"{what}: valid_from"),
            valid_to=day(raw["valid_to"], f"{what}: valid_to") if raw.get("valid_to") else None,
            tolerance=dollars(raw, "tolerance", what) or ZERO,
            missing_after_days=whole(raw, "missing_after_days", what),
            duties=tuple(
                Duty(
                    text(one, "words", what),
                    day(one.get("due_on"), f"{what}: due_on"),
                    str(one.get("clause") or ""),
                )
                for one in listed(raw, "obligations", what)
            ),
            **{name: str(raw.get(name) or "") for name in _WORDS},
        ),
        on=on,
        by=by,
    )


def _check_words(raw: Mapping[str, Any], what: str) -> None:
    """Refuse what is no word where one is expected, and characters that no database keeps."""
    for key in ("code", "name", "edition", *_WORDS):
        value = raw.get(key)
        if isinstance(value, dict | list):
            raise InputError(f"{what}: {key} is a list, expected words")
        if any(ch == "\0" or "\ud800" <= ch <= "\udfff" for ch in str(value or "")):
            raise InputError(f"{what}: {key} has a character that cannot be kept")
    npi = str(raw.get("provider_npi") or "")
    if npi and not npi_ids.is_valid(npi):
        raise InputError(f"{what}: provider_npi is {npi[:20]!r}, expected the ten digits of an NPI")


def _payer(raw: Mapping[str, Any], what: str) -> int:
    given = raw.get("payer")
    if not isinstance(given, dict):
        raise InputError(f"{what}: payer is missing, expected its id and name")
    check_keys(given, frozenset({"id", "name"}), f"{what}, payer")
    payer = Payer(text(given, "name", f"{what}, payer"), str(given.get("id") or ""))
    return find_or_add_payers([payer])[payer_key(payer)]


def day(value: Any, what: str) -> date:
    """A day as YAML or a form gives it.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, datetime):
        raise InputError(f"{what} {value}: expected a day without an hour")
    if isinstance(value, date):
        return checked_day(value, what)
    return read_day(str(value or ""), what)
