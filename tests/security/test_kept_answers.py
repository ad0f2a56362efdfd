"""What a process keeps of one tenant's answers is never told to another, even under the same numbers."""

import ast
from pathlib import Path

import pytest

import cleanclaim.apps

APPS = Path(next(iter(cleanclaim.apps.__path__)))
CACHES = {"cache", "lru_cache"}

# Cached functions of the apps that ask no tenant's rows: they know code, columns, statements and addresses only.
OF_NOBODY = {
    "billing/keying/payload.py:quick_codes",
    "billing/remittances/parts.py:_claim_fields",
    "payer/members/matching.py:plain",
    "shared/pages/addresses.py:_pieces",
    "shared/pages/counting.py:_statement",
    "shared/pages/templatetags/parts.py:_digest",
    "shared/tenancy/bulk.py:_columns",
}


def cached_functions() -> dict[str, list[str]]:
    """{file:function: its parameters} of every function in the apps whose answers are kept by the process."""
    found = {}
    for path in APPS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_keeps, node.decorator_list)):
                name = f"{path.relative_to(APPS)}:{node.name}"
                found[name] = [one.arg for one in node.args.args]
    return found


def _keeps(decorator: ast.expr) -> bool:
    one = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "")
    return name in CACHES


def test_every_kept_answer_has_its_organization_in_its_key_or_is_nobodys():
    found = cached_functions()

    without = {name for name, names in found.items() if names[:1] != ["organization_id"]}

    assert without == OF_NOBODY


@pytest.fixture
def posted(practice):
    """A practice's posted remittance: (its id, its file, its position, its trace)."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, bytes_835, claim, pay, remittance

    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
    data = bytes_835(remittance(pay(claim("A1"), TYPICAL)))
    post_files(practice, [Incoming("era.835", data)], posted_on=PAID_ON)
    with tenant(practice):
        return Remittance.objects.get()


@pytest.fixture
def stranger(practice):
    from cleanclaim.apps.shared.tenancy.models import Organization

    return Organization.objects.create(kind="practice", name="Bay Clinic", slug="bay").pk


@pytest.mark.database_core
def test_the_outline_of_a_large_file_is_not_told_to_a_tenant_who_asks_for_the_same_number(
    posted, practice, stranger
):
    from cleanclaim.apps.billing.remittances.selectors import segment_lines
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    posted.claim_count = 1_000_000  # as a large one: its outline is kept
    with tenant(practice):
        assert segment_lines(posted, 1)

    with tenant(stranger), pytest.raises(MessageFile.DoesNotExist):
        segment_lines(posted, 1)


@pytest.mark.database_core
def test_the_sums_of_a_posting_are_not_told_to_a_tenant_who_asks_for_the_same_number(
    posted, practice, stranger
):
    from cleanclaim.apps.billing.remittances import bodies, questions
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        assert questions.posted_entries(posted).sums
        assert bodies.claims_paid(posted) == posted.paid

    with tenant(stranger):
        assert questions.posted_entries(posted).sums == ()
        assert bodies.claims_paid(posted) == 0
