"""What an answer cost is said only where the environment asks for it."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from cleanclaim.project.timing import SWITCH, TimingMiddleware


def test_it_is_off_unless_asked_for(monkeypatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)

    with pytest.raises(MiddlewareNotUsed):
        TimingMiddleware(lambda _: HttpResponse())


def test_it_counts_statements(database, monkeypatch) -> None:
    from django.db import connection

    monkeypatch.setenv(SWITCH, "1")

    def view(_request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        return HttpResponse()

    answer = TimingMiddleware(view)(None)

    assert answer["Server-Timing"].startswith("cpu;dur=")
    assert answer["Server-Timing"].endswith(";desc=2")
