#!/bin/sh
# Makes the virtual environment named by $1 with $PYTHON, 3.11 or later.
set -eu
python="${PYTHON:-python3}"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or later is needed; run: make PYTHON=/path/to/python3.11 ..." >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y python3-venv
  else
    echo "this Python has no ensurepip; run: sudo apt-get install python3-venv" >&2
    exit 1
  fi
fi
"$python" -m venv "$1"
