"""Every code set answers the same questions, and the figures that the catalogue states hold."""

import importlib
import tomllib
from datetime import date
from pathlib import Path

import pytest

import cleanclaim.codes
from cleanclaim.codes import adjustment_reasons, hcpcs, icd10cm, place_of_service, remark_codes

FOLDER = Path(cleanclaim.codes.__file__).parent
SETS = sorted(path.parent.name for path in FOLDER.glob("*/source.toml"))


@pytest.mark.parametrize("name", SETS)
def test_a_set_answers_the_same_questions_as_the_others(name: str) -> None:
    module = importlib.import_module(f"cleanclaim.codes.{name}")

    codes = module.codes()

    assert codes
    assert len(set(codes)) == len(codes)
    assert not module.is_valid("no such code")
    assert module.words("no such code") == ""


@pytest.mark.parametrize("name", SETS)
def test_a_set_names_its_publisher_edition_and_licence(name: str) -> None:
    raw = tomllib.loads((FOLDER / name / "source.toml").read_text(encoding="utf-8"))

    assert set(raw) == {"name", "publisher", "edition", "licence", "origin"}
    assert all(raw.values())


def test_a_diagnosis_is_valid_only_with_all_its_characters() -> None:
    assert icd10cm.is_valid("M1711")
    assert not icd10cm.is_valid("M171")
    assert icd10cm.is_known("M171")
    assert icd10cm.words("M1711") == "Unilateral primary osteoarthritis, right knee"


def test_every_packed_diagnosis_is_found_again() -> None:
    codes = icd10cm.codes()

    assert len(codes) == 98186  # 98,225 entries, 39 of them printed twice
    assert sum(icd10cm.is_valid(code) for code in codes) == 74719
    assert all(icd10cm.is_known(code) for code in codes)


def test_an_ended_supply_code_is_valid_until_its_last_day() -> None:
    assert hcpcs.is_valid("A4397", on=date(2021, 12, 31))
    assert not hcpcs.is_valid("A4397", on=date(2022, 1, 1))


def test_an_ended_adjustment_reason_is_not_valid_today() -> None:
    assert not adjustment_reasons.is_valid("15", on=date(2026, 1, 1))
    assert adjustment_reasons.is_valid("197", on=date(2026, 1, 1))
    assert remark_codes.is_valid("N130")


def test_no_procedure_code_of_cpt_or_cdt_is_in_the_supply_set() -> None:
    assert not [code for code in hcpcs.codes() if code[0].isdigit() or code[0] == "D"]


def test_places_of_service_have_words() -> None:
    assert place_of_service.words("11") == "Office"
    assert not place_of_service.is_valid("59")
