"""A quick class is the dataclass that it was, only made faster."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from cleanclaim.kernel.quick import quick


@dataclass(frozen=True, slots=True)
class Plain:
    """A value made the usual way."""

    name: str
    count: int = 1
    marks: tuple[str, ...] = field(default=())
    notes: dict[str, str] = field(default_factory=dict, hash=False)


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    """The same made quickly."""

    name: str
    count: int = 1
    marks: tuple[str, ...] = field(default=())
    notes: dict[str, str] = field(default_factory=dict, hash=False)


def test_arguments_and_defaults_are_those_of_the_dataclass() -> None:
    for arguments, named in ((("a",), {}), (("a", 2), {"marks": ("x",)}), ((), {"name": "b"})):
        plain, made = Plain(*arguments, **named), Quick(*arguments, **named)  # type: ignore[arg-type]

        assert type(made) is Quick
        assert repr(made) == repr(plain).replace("Plain", "Quick")


def test_a_missing_or_unknown_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="name"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="other"):
        Quick("a", other=1)  # type: ignore[call-arg]


def test_a_field_cannot_be_changed() -> None:
    made = Quick("a")

    with pytest.raises(FrozenInstanceError):
        made.count = 2  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        made.extra = 2  # type: ignore[attr-defined]


def test_equality_hash_copy_and_pickle_hold() -> None:
    made = Quick("a", 2, ("x",))

    assert made == Quick("a", 2, ("x",)) != Quick("a", 3, ("x",))
    assert hash(made) == hash(Plain("a", 2, ("x",)))
    assert copy.copy(made) == pickle.loads(pickle.dumps(made)) == made
    assert replace(made, count=5) == Quick("a", 5, ("x",))


def test_a_class_with_a_field_that_is_given_by_name_only_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Named:
        name: str = field(kw_only=True)

    with pytest.raises(TypeError, match=r"Named\.name"):
        quick(Named)


def test_a_default_factory_makes_one_for_each() -> None:
    one, other = Quick("a"), Quick("b")

    assert one.notes == {} == other.notes
    assert one.notes is not other.notes
    assert Quick("a", notes={"x": "y"}).notes == {"x": "y"}
