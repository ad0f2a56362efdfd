"""Who gets in, and where to."""

import pytest
from django.test import Client


@pytest.mark.database_core
def test_sign_in_page_is_served_without_inline_script(database) -> None:
    response = Client().get("/account/login/")

    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
