#!/bin/sh
# Start-up time and memory of the app against an empty window, both built for release; see benches/startup.rs.
#   scripts/bench-startup.sh [ROUNDS]           PROFILE=dev compares the builds that `make run` makes
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test
profile=${PROFILE-release}
case $profile in dev) folder=debug ;; *) folder=$profile ;; esac
cargo build --quiet --profile "$profile" --package token-workbench --package bare-window
exec "target/$folder/bench-startup" "$@"
