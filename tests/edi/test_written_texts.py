"""No text of a value can smuggle a separator into what is written, whichever field holds it."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import read_file, write_835, write_837d, write_837i, write_837p
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Carried
from cleanclaim.wire.x12.delimiters import Delimiters
from tests.edi.people import BATCH, ENVELOPE

FOLDER = Path(cleanclaim.edi.__file__).parent
WRITERS = {"hc837p": write_837p, "hc837i": write_837i, "hc837d": write_837d}
CONTROLS = ("\x1d", "\x1c", "\x1f", "\n")  # the first three are the writer's own neutral separators
STANDARD = ("*", "~")
PATHS = [
    path for name in (*WRITERS, "hc835") for path in sorted(FOLDER.glob(f"{name}/samples/*.edi"))
]


def _values(path: Path) -> list[object]:
    messages = list(read_file(path.read_bytes()).messages)
    if "hc835" in path.parts:
        return [message.remittance() for message in messages]
    return [claim for message in messages for claim in message.claims()]


def _writer(path: Path) -> Callable[[object], bytes]:
    name = path.parts[-3]
    if name == "hc835":
        return lambda value: write_835([value], envelope=ENVELOPE, delimiters=Delimiters())
    write = WRITERS[name]
    return lambda claim: write(
        [claim],
        envelope=ENVELOPE,
        batch=replace(BATCH, purpose=claim.purpose),
        delimiters=Delimiters(),
    )


def _altered(value: object, more: str) -> Iterator[object]:
    """Copies of the value in each of which one text has `more` behind it; always in the same order."""
    if type(value) is str:
        yield value + more
    elif type(value) is tuple:
        for place, item in enumerate(value):
            for other in _altered(item, more):
                yield (*value[:place], other, *value[place + 1 :])
    elif is_dataclass(value):
        for field in fields(value):
            if not (isinstance(value, Carried) and field.name == "loop"):
                for other in _altered(getattr(value, field.name), more):
                    yield replace(value, **{field.name: other})


def _written(write: Callable[[object], bytes], value: object) -> bytes | None:
    try:
        return write(value)
    except InputError:
        return None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join((path.parts[-3], path.stem)))
@pytest.mark.parametrize("refused", [CONTROLS, STANDARD], ids=["controls", "separators"])
def test_a_text_with_a_separator_is_refused_or_not_written_at_all(path, refused):
    write = _writer(path)

    count = 0
    for value in _values(path)[:3]:
        for versions in zip(*(_altered(value, more) for more in refused), strict=True):
            written = {_written(write, version) for version in versions}
            # A text that is written makes every version either refused or different from the others.
            assert len(written) == 1, versions[0]
            count += written == {None}
    assert count > 20
