#!/bin/sh
# Runs a command with DATABASE_URL, APP_DATABASE_URL and WORKER_DATABASE_URL set to a cluster of
# the system's own PostgreSQL that lives only as long as the command: external_postgres.sh COMMAND...
set -eu

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | head -n 1)
[ -n "$programs" ] || { echo "no PostgreSQL in /usr/lib/postgresql" >&2; exit 2; }
# In memory where 3 GB are free there: each test's database is 1,000 small files.
memory=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
if [ "${memory:-0}" -ge 3145728 ] && [ "${available:-0}" -ge 3145728 ]; then
    folder=$(mktemp -d /dev/shm/cleanclaim-external-XXXXXX)
else
    folder=$(mktemp -d)
fi

# PostgreSQL refuses root; Debian's package brings the user postgres.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd "$folder" && setpriv --reuid postgres --regid postgres --clear-groups "$@")
    else
        (cd "$folder" && "$@")
    fi
}

finish() {
    as_server "$programs/pg_ctl" -D data -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" -ne 0 ] || chown postgres "$folder"
as_server "$programs/initdb" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
# Nothing here must survive a power cut, so the disk need not be waited for.
as_server "$programs/pg_ctl" -D data -l log -w \
    -o "-k $folder -p 5432 -c listen_addresses='' -c fsync=off -c max_wal_size=256MB" start >/dev/null
as_server "$programs/psql" -q -v ON_ERROR_STOP=1 -h "$folder" -U postgres <<'SQL'
CREATE ROLE external_owner LOGIN CREATEDB;
CREATE ROLE external_web LOGIN;
CREATE ROLE external_jobs LOGIN;
CREATE DATABASE external OWNER external_owner;
SQL
host=$(printf '%s' "$folder" | sed 's|/|%2F|g')
export DATABASE_URL="postgresql://external_owner@/external?host=$host&port=5432"
export APP_DATABASE_URL="postgresql://external_web@/external?host=$host&port=5432"
export WORKER_DATABASE_URL="postgresql://external_jobs@/external?host=$host&port=5432"
"$@"
