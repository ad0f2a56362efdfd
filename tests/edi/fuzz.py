"""Coverage-guided fuzzing by hand: `pip install atheris`, then `python -m tests.edi.fuzz TARGET -max_total_time=60`.

TARGET is a name of `fuzz_targets.TARGETS`; what follows goes to libFuzzer. A crash leaves the bytes that made it.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> None:
    """Run one target until it fails or its time is up."""
    import atheris

    with atheris.instrument_imports(include=["cleanclaim"]):
        from tests.edi.fuzz_targets import TARGETS, seeds
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"python -m tests.edi.fuzz TARGET: one of {', '.join(TARGETS)}")
    with TemporaryDirectory(prefix="cleanclaim-fuzz-") as folder:
        for number, seed in enumerate(seeds(name)):
            (Path(folder) / f"{number}").write_bytes(seed)
        atheris.Setup([*sys.argv, folder], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
