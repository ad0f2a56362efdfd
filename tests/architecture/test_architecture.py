"""What every file of the project keeps to. Each failure names the files and what is wrong there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture import checks
from tests.architecture.tree import (
    PURE_FLOORS,
    ROOT,
    SOURCE,
    parsed,
    python_files,
    shown,
    tracked_files,
)


def money_files() -> list[Path]:
    """The code that computes or keeps amounts."""
    folders = [
        SOURCE / "rules",
        SOURCE / "values",
        SOURCE / "apps" / "shared" / "ledger",
        SOURCE / "apps" / "billing",
        SOURCE / "apps" / "reports",
        SOURCE / "apps" / "payer" / "adjudication",
        SOURCE / "apps" / "payer" / "disbursements",
    ]
    return [*python_files(*folders), SOURCE / "kernel" / "money.py"]


def pure_files() -> list[Path]:
    """The code of the six pure floors."""
    return list(python_files(*(SOURCE / floor for floor in PURE_FLOORS)))


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(ROOT / "src", ROOT / "tests")
    }

    assert {name: n for name, n in lengths.items() if n > checks.MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    files = python_files(ROOT / "src", ROOT / "tests")
    found = {shown(path): checks.long_functions(parsed(path)) for path in files}

    assert {name: where for name, where in found.items() if where} == {}


def test_no_float_in_money_code() -> None:
    """T10. Its twins, code with floats that the check finds, are in test_checks."""
    found = {shown(path): checks.float_uses(parsed(path)) for path in money_files()}

    assert {name: where for name, where in found.items() if where} == {}


def test_pure_floors_import_nothing_impure() -> None:
    found = {shown(path): checks.impure_imports(parsed(path)) for path in pure_files()}

    assert {name: where for name, where in found.items() if where} == {}


def test_pure_floors_read_no_clock() -> None:
    found = {shown(path): checks.clock_reads(parsed(path)) for path in pure_files()}

    assert {name: where for name, where in found.items() if where} == {}


def test_every_app_has_a_readme() -> None:
    apps = {
        path.parent
        for name in ("models", "services", "selectors")
        for path in (*SOURCE.glob(f"apps/*/*/{name}.py"), *SOURCE.glob(f"apps/*/*/{name}/"))
    }
    without = sorted(shown(app) for app in apps if not (app / "README.md").is_file())

    assert apps
    assert without == []


def test_every_rule_has_its_cases() -> None:
    packages = {path.parent for path in (SOURCE / "rules").rglob("__init__.py")} - {
        SOURCE / "rules"
    }
    leaves = {
        folder for folder in packages if not any(other.parent == folder for other in packages)
    }
    without = sorted(shown(folder) for folder in leaves if not list(folder.glob("*cases.yaml")))

    assert leaves
    assert without == []


def test_every_package_with_code_has_an_init() -> None:
    """import-linter and mypy both look past a folder that is no package."""
    without = {shown(path.parent) for path in python_files(SOURCE)} - {
        shown(path.parent) for path in SOURCE.rglob("__init__.py")
    }

    assert without == set()


def test_the_lock_holds_no_address_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = lock.replace("\\\n", " ").splitlines()

    assert "://" not in lock
    assert "index" not in lock
    assert [line for line in entries if "==" in line and "--hash=sha256:" not in line] == []


def test_every_requirement_is_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    wanted = [
        line.split("#")[0].split("[")[0].split(">")[0].split("=")[0].strip().lower()
        for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
        if line.split("#")[0].strip()
    ]

    assert [name for name in wanted if f"\n{name}==" not in f"\n{lock}"] == []


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    texts = (path for path in tracked_files() if path.suffix not in {".woff2", ".png", ".gz"})
    found = {
        shown(path): checks.machine_paths(path.read_text(encoding="utf-8", errors="ignore"))
        for path in texts
        if "vendor" not in path.parts and path != Path(__file__).with_name("test_checks.py")
    }

    assert {name: where for name, where in found.items() if where} == {}


def test_changelog_fragments_are_named_slug_kind_md() -> None:
    names = {path.name for path in (ROOT / "changelog.d").iterdir()} - {"README.md", ".gitkeep"}

    assert sorted(name for name in names if not checks.is_fragment_name(name)) == []


def test_the_command_line_answers_without_django() -> None:
    program = (
        "import sys\n"
        "from cleanclaim.project.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as leaving:\n"
        "    sys.exit(leaving.code or ('django' in sys.modules) * 3)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "database" in done.stdout


def test_every_command_has_its_module() -> None:
    from importlib import import_module

    from cleanclaim.project.cli import COMMANDS

    modules = [import_module(path) for _, path, _ in COMMANDS]

    assert all(callable(m.run) and callable(m.add_arguments) for m in modules)


def test_tests_mirror_the_source() -> None:
    """A test folder named after nothing in the source is a test that nobody will find."""
    special = {"architecture", "browser", "security", "stories"}
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    strays = sorted(
        str(folder)
        for folder in folders
        if folder.parts and folder.parts[0] not in special and not (SOURCE / folder).is_dir()
    )

    assert strays == []
