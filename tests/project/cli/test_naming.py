"""Organizations and people as commands name them: what is not found is answered with who there is."""

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli.demo import who_signs_in
from cleanclaim.project.cli.organizations import organizations
from cleanclaim.project.demo.cast import DESKS
from tests.project.api.conftest import add_person


@pytest.fixture
def slugs(database) -> None:
    from cleanclaim.apps.shared.tenancy.models import Organization

    for slug, kind in (
        ("harbor", "practice"),
        ("harbor-north", "practice"),
        ("coastal", "health_plan"),
    ):
        Organization.objects.create(slug=slug, name=slug.title(), kind=kind)


@pytest.mark.parametrize(
    ("wanted", "found"), [("harbor", "harbor"), ("harbor-n", "harbor-north"), ("c", "coastal")]
)
def test_the_start_of_one_slug_alone_is_enough_and_a_whole_slug_wins(slugs, wanted, found) -> None:
    assert [one.slug for one in organizations(wanted)] == [found]


@pytest.mark.parametrize(
    ("wanted", "match"),
    [
        ("har", r"'har': 2 begin so \(harbor, harbor-north\)"),
        ("x", "'x': not found in this home.*There is coastal, harbor, harbor-north"),
        ("", "'': not found"),
    ],
)
def test_a_start_of_several_or_of_none_names_what_there_is(slugs, wanted, match) -> None:
    with pytest.raises(InputError) as told:
        organizations(wanted)

    assert told.match(match)


def test_the_start_is_looked_for_among_the_kind_that_is_asked(slugs) -> None:
    assert [one.slug for one in organizations("c", kind="health_plan")] == ["coastal"]
    with pytest.raises(InputError, match="not a practice of this home"):
        organizations("c", kind="practice")


def test_an_unknown_by_names_at_most_five_of_those_who_may(practice: int) -> None:
    from cleanclaim.project.cli.people import person

    for number in range(6):
        add_person(practice, "Billing lead", email=f"lead{number}@harbor.example")
    add_person(practice, "Claims examiner", email="examiner@harbor.example")

    with pytest.raises(InputError) as told:
        person("nobody@harbor.example", practice)

    assert "nobody of this organization" in told.value.message
    assert told.value.hint.count("@harbor.example (") == 5
    assert told.value.hint.endswith(" ...")
    assert "examiner@" not in told.value.hint


def test_where_nobody_may_that_is_said(practice: int) -> None:
    from cleanclaim.project.cli.people import person

    with pytest.raises(InputError) as told:
        person("nobody@harbor.example", practice)

    assert told.value.hint == "Nobody there holds periods.close"


def test_the_demo_tells_name_role_and_the_address_that_by_wants() -> None:
    lines = who_signs_in()

    assert len(lines) == len(DESKS)
    assert all(
        person.email in line and person.role in line
        for person, line in zip(DESKS, lines, strict=True)
    )
