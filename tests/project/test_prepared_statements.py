"""Statements that come again and again are parsed and planned once per connection."""

import pytest

pytestmark = pytest.mark.database_core


def test_a_statement_that_comes_often_is_kept_prepared(database) -> None:
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.models import Organization

    for number in range(4):
        list(Organization.objects.filter(npi=str(number)))

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor]
    assert any("tenancy_organization" in statement for statement in kept)
