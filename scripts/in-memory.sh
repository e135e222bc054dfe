#!/bin/sh
# Runs a command with its temporary files in memory, if there is room: the tests open thousands of databases, and waiting
# for the disk takes more time than all else.  scripts/in-memory.sh COMMAND…
set -eu
# Containers often have 64 MB there.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w /dev/shm ] && [ "${room:-0}" -gt 4000000 ]; then
  TMPDIR=$(mktemp -d /dev/shm/token-workbench.XXXXXX)
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  trap 'exit 130' INT TERM HUP
fi
"$@"
