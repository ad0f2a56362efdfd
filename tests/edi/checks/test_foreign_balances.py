"""Files that others wrote balance, or we can say why not."""

import pytest

from cleanclaim.edi.checks import run
from cleanclaim.edi.guides import SUPPORTED, guide_for, message_type
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.reader import read_interchanges
from cleanclaim.wire.x12.tree import leaves
from cleanclaim.wire.x12.walker import walk
from tests.edi.checks.test_cases import LEAF
from tests.edi.shared_data import needs_samples, samples

pytestmark = needs_samples
FILES = [s for s in samples() if s.status == "valid" and s.version in SUPPORTED]

# Which checks object to which `valid` file, and why they are right.
EXPLAINED = {
    "MedicaidExample.txt": {"claim-total"},  # every amount is masked with nines
}


@pytest.mark.parametrize("sample", FILES, ids=lambda s: s.path.name)
def test_a_valid_file_balances_or_is_explained(sample):
    found = set()
    try:
        interchanges, _ = read_interchanges(sample.path.read_bytes())
    except InputError:
        pytest.skip("no interchange in it")

    for interchange in interchanges:
        for group in interchange.groups:
            message = message_type(sample.version, group.head[0])
            for raw in group.messages:
                walked = walk(guide_for(message.name), raw.segments, interchange.delimiters)
                paths = leaves(walked, LEAF.get(message.name))
                for defect in run(
                    message.name, paths, interchange.delimiters, levels=frozenset({3})
                ):
                    if defect.is_error:
                        found.add(defect.rule)

    assert found == EXPLAINED.get(sample.path.name, set())
