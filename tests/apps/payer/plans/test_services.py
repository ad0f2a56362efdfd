"""Editions are published once; providers are known once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, ReferenceDataError, StateError
from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def test_same_edition_again_changes_nothing():
    from cleanclaim.apps.payer.plans.models import PlanEdition
    from cleanclaim.apps.payer.plans.services import save_plan

    save_plan(world.PPO, valid_from=date(2026, 1, 1))

    assert PlanEdition.objects.count() == 1


def test_published_edition_with_other_terms_is_refused():
    from cleanclaim.apps.payer.plans.services import save_plan

    with pytest.raises(StateError, match="published with other terms"):
        save_plan(replace(world.PPO, coinsurance=Decimal(30)), valid_from=date(2026, 1, 1))


def test_a_contract_that_looks_at_whole_claims_is_refused():
    from cleanclaim.apps.payer.plans.services import save_contract
    from cleanclaim.rules.pricing import contract_from

    terms = contract_from(
        {"code": "CASE", "name": "Case", "terms": [{"method": "case_rate", "amount": "900.00"}]}
    )

    with pytest.raises(InputError, match="decides line by line"):
        save_contract(terms, valid_from=date(2026, 1, 1))


def test_edition_ends_where_the_next_one_begins():
    from cleanclaim.apps.payer.plans.selectors import plan_editions
    from cleanclaim.apps.payer.plans.services import save_plan

    save_plan(replace(world.PPO, edition="2027"), valid_from=date(2027, 1, 1))

    [editions] = plan_editions().values()
    assert [(e.valid_from, e.valid_to) for e in editions] == [
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), None),
    ]
    assert editions[0].terms == world.PPO


def test_known_provider_only_reaches_further_back():
    from cleanclaim.apps.payer.plans.models import PlanProvider
    from cleanclaim.apps.payer.plans.services import enroll_providers

    earlier = replace(
        world.provider_row("Harbor", world.HARBOR_NPI, world.HARBOR_TIN, "narrow"),
        valid_from=date(2025, 1, 1),
    )

    added = enroll_providers([earlier])

    row = PlanProvider.objects.get(npi=world.HARBOR_NPI)
    assert added == 0
    assert (row.valid_from, row.contract.code) == (date(2025, 1, 1), "standard")


def test_unknown_contract_is_named():
    from cleanclaim.apps.payer.plans.services import enroll_providers

    with pytest.raises(ReferenceDataError, match="'gold'"):
        enroll_providers([world.provider_row("New", "1699999995", "319999999", "gold")])
