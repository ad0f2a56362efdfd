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


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    """The same made quickly."""

    name: str
    count: int = 1
    marks: tuple[str, ...] = field(default=())


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


def test_a_class_with_a_default_factory_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        names: list[str] = field(default_factory=list)

    with pytest.raises(TypeError, match=r"Listed\.names"):
        quick(Listed)
