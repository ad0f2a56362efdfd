#!/bin/sh
# Every check and the whole suite; `./run test` comes here. With paths: pytest on those only.
#
# All stages run even when one fails, so that one run shows everything. Exits 0 only if all passed.
# CLEANCLAIM_TEST_EXTERNAL=1 repeats the tests marked `database_core` on the system's PostgreSQL.
set -u

unset CDPATH
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
bin=$root/.venv/bin
cd "$root" || exit 2
# Tests make and drop databases: never on a server that this shell happens to point at.
unset DATABASE_URL APP_DATABASE_URL WORKER_DATABASE_URL CLEANCLAIM_HOME
failed=""

say() { printf '\n== %s\n' "$*"; }

stage() {
    name=$1
    shift
    say "$name"
    "$@" || failed="$failed '$name'"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Browser and fonts of the system, through apt; skipped when they are there.
install_system_packages() {
    missing=""
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    { command -v fc-list >/dev/null 2>&1 && fc-list | grep -qi liberation; } ||
        missing="$missing fontconfig fonts-liberation"
    if [ "${CLEANCLAIM_TEST_EXTERNAL:-}" = 1 ]; then
        ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    fi
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "The suite needs:$missing. There is no apt here; install them by hand, then run again." >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        echo "The suite needs:$missing. Run as root: apt-get install$missing" >&2
        return 1
    fi
    say "Installing$missing"
    as_root apt-get update -qq || return 1
    # shellcheck disable=SC2086  # a list of package names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

if [ $# -gt 0 ]; then
    exec "$bin/python" -m pytest "$@"
fi

install_system_packages || exit 2
stage "format" "$bin/ruff" format --check --quiet .
stage "lint" "$bin/ruff" check .
stage "types" "$bin/mypy"
stage "layers" "$bin/lint-imports" --no-logo
stage "architecture" "$bin/python" -m pytest -q tests/architecture
stage "tests" "$bin/python" -m pytest -q -n "${CLEANCLAIM_TEST_PROCESSES:-2}" --dist loadfile --no-loadscope-reorder \
    --ignore tests/architecture tests
if [ "${CLEANCLAIM_TEST_EXTERNAL:-}" = 1 ]; then
    stage "tests on the system's PostgreSQL" sh "$root/tests/external_postgres.sh" \
        "$bin/python" -m pytest -q -m database_core tests/apps/shared/ledger tests/apps/shared/audit \
        tests/security/test_row_level.py tests/apps/payer tests/stories/test_closed_loop.py \
        tests/stories/test_setup_file.py
fi

if [ -n "$failed" ]; then
    say "FAILED:$failed"
    exit 1
fi
say "All checks passed."
