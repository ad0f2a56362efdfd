"""A close is approved by a person: nobody is no second one."""

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.reports.closing.cases import books
from tests.apps.reports.closing.test_closing import approve, ask

pytestmark = pytest.mark.database_core


def test_nobody_is_no_second_person(inside) -> None:
    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.reports.closing.services import refuse

    books()
    for asked_by in (1, None):
        request_id = ask(by=asked_by)
        with pytest.raises(StateError, match="approved by nobody"):
            approve(request_id, by=None)
        assert CloseRequest.objects.get(pk=request_id).state == "requested"
        refuse(request_id, by=2, words="asked anew")
