"""The database restarts under the web server: whoever asks for a page afterwards notices nothing."""

import pytest

from tests.browser.conftest import Workbench
from tests.conftest import end_sessions

pytestmark = pytest.mark.browser


def test_pages_open_after_every_pooled_connection_has_ended(
    page, workbench: Workbench, database
) -> None:
    workbench.sign_in(page, "Practice biller")

    end_sessions(database.app, database.name)
    answers = [page.goto(f"{workbench.url}/{path}/") for path in ("remittances", "deposits")]

    assert [answer.status for answer in answers] == [200, 200]
