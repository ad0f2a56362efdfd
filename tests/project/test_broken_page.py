"""A page that our own bug breaks says the number under which the log names the place, and no value."""

import re

import pytest

from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core


@pytest.fixture
def answered(practice: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    from cleanclaim.apps.billing.remittances import questions

    def bug(*_: object, **__: object) -> None:
        raise KeyError("Okafor")

    monkeypatch.setattr(questions, "list_totals", bug)
    with demo():
        answer = browser(practice, "Practice biller").get("/remittances/")
    return answer, caplog.text


def test_the_number_on_the_page_finds_the_place_in_the_log(answered) -> None:
    answer, log = answered

    page = answer.content.decode()
    [number] = re.findall(r"\b[0-9a-f]{32}\b", page)
    assert answer.status_code == 500
    assert number == answer.headers["X-Request-Id"]
    assert f"request {number}: KeyError at " in log
    assert "remittances/views.py:" in log


def test_no_value_of_the_error_is_told(answered) -> None:
    answer, log = answered

    ours = [line for line in log.splitlines() if line.startswith("ERROR    cleanclaim")]
    assert "Okafor" not in answer.content.decode()
    assert ours
    assert not any("Okafor" in line for line in ours)


def test_an_address_without_a_page_is_no_bug(practice: int, caplog) -> None:
    with demo():
        answer = browser(practice, "Practice biller").get("/remittances/99999/")

    assert answer.status_code == 404
    assert not [one for one in caplog.records if one.name.startswith("cleanclaim")]
