"""Our verdict and pyx12's on every file of the collection's index, as docs/edi-agreement.md.

Not a test: pyx12 is no dependency. Put it into a virtual environment of its own and name its interpreter:

    python -m tests.edi.agreement --peer /tmp/peers/bin/python [--write docs/edi-agreement.md]
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cleanclaim.edi import read_file
from cleanclaim.kernel.errors import InputError
from tests.edi.shared_data import Sample, samples

ACCEPTED, REJECTED, UNSUPPORTED, NO_ANSWER = "accepted", "rejected", "unsupported", "no answer"
_BOM = b"\xef\xbb\xbf"
# Runs in the other environment: one path a line in, one JSON array a line out.
_PEER = """
import io, json, logging, sys
class Notes(logging.Handler):
    def emit(self, record):
        notes.append(record.getMessage())
notes = []
logging.getLogger("pyx12").addHandler(Notes())
logging.getLogger("pyx12").propagate = False
import pyx12.params, pyx12.x12n_document
for line in sys.stdin:
    path = line.rstrip("\\n")
    notes.clear()
    try:
        is_fine = pyx12.x12n_document.x12n_document(pyx12.params.params(), path, io.StringIO(), None)
        said, why = ("accepted" if is_fine else "rejected"), ""
    except BaseException as error:
        said, why = "no answer", f"{type(error).__name__}: {error}"
    objections = [n.replace(path, "the file") for n in notes if "Failed to create" not in n]
    print(json.dumps([said, why or (objections[0] if objections and said == "rejected" else "")]), flush=True)
"""


@dataclass(frozen=True)
class Verdict:
    """What one side says: the word, and the first finding or the error."""

    said: str
    why: str = ""


@dataclass(frozen=True)
class Pair:
    """Both verdicts on one file."""

    sample: Sample
    ours: Verdict
    theirs: Verdict

    @property
    def is_agreed(self) -> bool:
        """Whether both say the same; that we name a guide unsupported and pyx12 stops at it is the same."""
        if self.theirs.said == NO_ANSWER:
            return self.ours.said == UNSUPPORTED and "Map not found" in self.theirs.why
        return (self.ours.said == ACCEPTED) == (self.theirs.said == ACCEPTED)


def our_verdict(sample: Sample) -> Verdict:
    """What we say at levels 1 to 3."""
    try:
        received = read_file(sample.path.read_bytes())
    except InputError as error:
        return Verdict(REJECTED, str(error))
    found = [f for m in received.messages for f in m.findings]
    for interchange in received.interchanges:
        found += [*interchange.findings, *(f for g in interchange.groups for f in g.findings)]
    errors = [f for f in found if f.is_error and f.level <= 3]
    if not errors:
        return Verdict(ACCEPTED)
    others = [f for f in errors if f.code != "I6" or f.carrier != "IK502"]
    first = (others or errors)[0]
    place = f"{first.segment}{first.element:02d}" if first.element else first.segment
    said = REJECTED if others else UNSUPPORTED
    return Verdict(said, f"{place} {first.carrier} {first.code}: {first.message}")


def their_verdicts(peer: str, paths: Iterable[Path]) -> list[Verdict]:
    """What pyx12 says of the files; a byte order mark, at which it stops, is taken away first."""
    with tempfile.TemporaryDirectory() as folder:
        given = []
        for number, path in enumerate(paths):
            data = path.read_bytes()
            if data.startswith(_BOM):
                path = Path(folder) / f"{number}.edi"
                path.write_bytes(data[len(_BOM) :])
            given.append(str(path))
        done = subprocess.run(
            [peer, "-c", _PEER], input="\n".join(given) + "\n", capture_output=True, text=True, check=True
        )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [Verdict(said, why) for said, why in answers]


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="interpreter of an environment with pyx12")
    parser.add_argument("--write", type=Path, help="page to write; default: print it")
    options = parser.parse_args()
    chosen = samples()
    theirs = their_verdicts(options.peer, [sample.path for sample in chosen])
    pairs = [Pair(s, our_verdict(s), t) for s, t in zip(chosen, theirs, strict=True)]
    from tests.edi.agreement_page import page

    text = page(pairs)
    if options.write:
        options.write.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
