"""What is typed into the claim form."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.apps.billing.claims import drafts
from cleanclaim.values.party import Provider, Role
from tests.apps.billing.world import claim, line

TODAY = date(2026, 11, 23)
MENSAH = Provider(Role.RENDERING, "Mensah", "Ada", is_person=True, npi="1888888819")


def applied(base, draft, *, price: str | None = None):
    return drafts.apply_draft(
        base,
        draft,
        today=TODAY,
        renderers=[MENSAH],
        price_of=lambda code, modifiers, on: Decimal(price) if price else None,
    )


def typed(**fields: str) -> drafts.Draft:
    """A form with one visit, and these fields; a line's are `line_1_code` and so on."""
    form = {"service_on": "11/9", "diagnoses": "M17.11", "place_of_service": "11"}
    form |= {"line-1-code": "99214", "line-1-charge": "185"}
    form |= {name.replace("line_", "line-").replace("1_", "1-"): text for name, text in fields.items()
             if name.startswith("line_")}  # fmt: skip
    form |= {name: text for name, text in fields.items() if not name.startswith("line_")}
    return drafts.read_draft(form)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-09", date(2026, 11, 9)),
        ("11/9", date(2026, 11, 9)),
        ("1109", date(2026, 11, 9)),
        ("12/24", date(2025, 12, 24)),  # not after today
        ("11/9/25", date(2025, 11, 9)),
        ("110926", date(2026, 11, 9)),
        ("11092026", date(2026, 11, 9)),
        ("13/1", None),
        ("2/30", None),
        ("11", None),
        ("yesterday", None),
        ("²²/1", None),
    ],
)
def test_days_are_read_as_people_type_them(text: str, day: date | None) -> None:
    assert drafts.read_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "places"),
    [("", (1,)), ("2", (2,)), ("12", (1, 2)), ("1 2", (1, 2)), ("AB", (1, 2)), ("a,c", (1, 3)),
     ("11", (1,)), ("1 12", (1, 12))],
)  # fmt: skip
def test_pointers_are_read(text: str, places: tuple[int, ...]) -> None:
    assert drafts.read_pointers(text) == places


@pytest.mark.parametrize("text", ["0", "13 1", "Z", "1-2"])
def test_other_pointers_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        drafts.read_pointers(text)


def test_a_line_is_made_with_code_modifiers_charge_and_rendering() -> None:
    draft = typed(line_1_code="99214-25", line_1_units="2", rendering=MENSAH.npi)

    made = applied(claim(), draft)

    assert draft.is_right
    assert made.charge == Decimal("185.00")
    assert str(made.lines[0].procedure) == "99214-25"
    assert made.lines[0].quantity == 2
    assert made.lines[0].service_from == date(2026, 11, 9)
    assert [one.code for one in made.diagnoses] == ["M1711"]
    assert made.providers == (MENSAH,)


def test_the_practice_s_price_is_taken_for_an_empty_charge() -> None:
    draft = typed(line_1_charge="", line_1_units="3")

    assert applied(claim(), draft, price="12.50").charge == Decimal("37.50")
    assert "no price" in _errors(typed(line_1_charge=""))["charge"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("charge", "-5"),
        ("charge", "1.005"),
        ("charge", "NaN"),
        ("charge", "1e99"),
        ("units", "0"),
        ("units", "x"),
        ("modifiers", "25 59 76 77 78"),
        ("modifiers", "255"),
        ("pointers", "Z"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_box(field: str, text: str) -> None:
    assert field in _errors(typed(**{f"line_1_{field}": text}))


def _errors(draft: drafts.Draft) -> dict[str, str]:
    applied(claim(), draft)
    assert not draft.is_right
    return draft.lines[0].errors


def test_a_form_without_a_line_or_day_is_told() -> None:
    assert "lines" in _told(typed(line_1_code="", line_1_charge=""))
    assert "service_on" in _told(typed(service_on=""))
    assert "service_on" in _told(typed(service_on="31/31"))


def _told(draft: drafts.Draft) -> dict[str, str]:
    applied(claim(), draft)
    return draft.errors


def test_the_form_of_a_claim_changes_nothing_by_itself() -> None:
    base = claim(
        "A1",
        line(1, "99214", "185"),
        line(2, "20610", "210.00", service_from=date(2026, 6, 21), quantity=Decimal("1.0")),
    )

    assert applied(base, drafts.draft_of(base)) == base


def test_a_line_leaves_and_another_comes_with_the_next_number() -> None:
    base = claim("A1", line(1, "99214", "185.00"), line(2, "20610", "210.00"))
    draft = drafts.draft_of(base)
    draft.lines[0].code = draft.lines[0].charge = ""
    draft.lines[2].code, draft.lines[2].charge = "99213", "120.00"

    made = applied(base, draft)

    assert [(one.number, one.procedure.code) for one in made.lines] == [(2, "20610"), (3, "99213")]
    assert made.charge == Decimal("330.00")


def test_a_fix_is_told_as_the_boxes_that_it_would_fill() -> None:
    base = claim("A1", line(1, "99214", "185.00"))
    fixed_line = replace(
        base.lines[0], procedure=replace(base.lines[0].procedure, modifiers=("25",))
    )
    before = drafts.draft_of(base)
    after = drafts.draft_of(replace(base, lines=(fixed_line,)), spare_lines=0)

    assert drafts.changed_fields(before, after) == {"line-1-modifiers": "25"}


def test_another_member_id_or_original_number_is_the_only_change() -> None:
    made = drafts.with_numbers(claim(), drafts.Draft(member_id="XX9", original_number="ICN7"))

    assert made.subscriber.person.member_id == "XX9"
    assert made.original_payer_number == "ICN7"
    assert drafts.with_numbers(claim(), drafts.Draft()) == claim()
