"""Ways to damage a file: bytes and whole segments changed, lost, doubled or cut off; the same for the same seed."""

import random
from collections.abc import Sequence

VALUES = (
    b"",
    b"X" * 300,
    b"-1",
    b"1e9",
    b"9" * 5000,
    b"20251399",
    b"NaN",
    b"\xe9\xe9",
    b"18",
    b":::::",
    b"^^",
)


def bytes_mutation(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    kind = chance.randrange(5)
    if kind == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + data[at + chance.choice((1, 5, 40, 400)) :]
    if kind == 2:
        return (
            data[:at]
            + bytes(chance.choices(b"*:~^AB09-.\n\x00\xe9", k=chance.choice((1, 3, 20))))
            + data[at:]
        )
    if kind == 3:
        return data[: at + 1]
    start = chance.randrange(len(data))
    return data[:at] + data[start : start + chance.choice((10, 60, 300))] + data[at:]


def segment_mutation(data: bytes, chance: random.Random) -> bytes:
    segments = data.split(b"~")
    one, other = chance.randrange(len(segments)), chance.randrange(len(segments))
    kind = chance.randrange(4)
    if kind == 0:
        segments[one], segments[other] = segments[other], segments[one]
    elif kind == 1:
        del segments[one]
    elif kind == 2:
        segments.insert(one, segments[other])
    else:
        elements = segments[one].split(b"*")
        elements[chance.randrange(len(elements))] = chance.choice(VALUES)
        segments[one] = b"*".join(elements)
    return b"~".join(segments)


def damage(bases: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the files with one to five faults; never empty."""
    data = chance.choice(bases)
    for _ in range(chance.choice((1, 1, 2, 5))):
        mutate = chance.choice((bytes_mutation, segment_mutation))
        data = mutate(data, chance) or b"I"
    return data
