#!/bin/sh
# Runs one stage under a headline and reports how long it took:  scripts/stage.sh "Headline" COMMAND…
set -eu
headline=$1
shift
printf '\n== %s\n' "$headline"
begin=$(date +%s)
"$@" || {
  status=$?
  printf '== %s: failed after %s s\n' "$headline" $(($(date +%s) - begin))
  exit "$status"
}
printf '== %s: %s s\n' "$headline" $(($(date +%s) - begin))
