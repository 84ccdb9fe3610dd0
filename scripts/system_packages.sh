#!/bin/sh
# Installs what the tests use beside the embedded servers: a server with its checkers, Java with
# Jython and JDBC for the stand-in gateway, a browser for the console, promtool for the alert rules. Where it may not,
# it says what to run and goes on: a test that needs a missing package says so; those of `make proof` fail.
set -eu
wanted="postgresql-15 postgresql-15-plpgsql-check pgbouncer faketime
openjdk-17-jre-headless jython libpostgresql-jdbc-java libcommons-dbcp2-java chromium prometheus"
missing=""

for package in $wanted; do
  if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    missing="$missing $package"
  fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "not installed:$missing" >&2
  echo "for the whole suite run: sudo apt-get update && sudo apt-get install$missing" >&2
  exit 0
fi

# A test run must not leave a database server on the machine.
if ! dpkg-query -W postgresql-common >/dev/null 2>&1; then
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/no-main-cluster.conf
fi
had_pgbouncer=$(command -v pgbouncer || true)
had_prometheus=$(command -v prometheus || true)
apt-get update -q
for package in $missing; do
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$package" ||
    echo "apt has no $package here: its tests will say so" >&2
done
if [ -z "$had_pgbouncer" ] && [ -d /run/systemd/system ]; then
  systemctl disable --now pgbouncer || true
fi
if [ -z "$had_prometheus" ] && [ -d /run/systemd/system ]; then
  systemctl disable --now prometheus || true
fi
