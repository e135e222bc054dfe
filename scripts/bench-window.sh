#!/bin/sh
# Measures the real window, built for release: start-up time and memory compared with an empty window
# (benches/startup.rs), the time from a paste until it is painted (benches/paste.rs), and how fast the views open and
# run with 10,000 users (benches/views.rs).
#   scripts/bench-window.sh [ROUNDS]            PROFILE=dev compares the builds that `make run` makes
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test
profile=${PROFILE-release}
case $profile in dev) folder=debug ;; *) folder=$profile ;; esac
cargo build --quiet --profile "$profile" --package token-workbench --package bare-window --package workbench-tests --bin token-workbench --bin bare-window --bin bench-startup --bin bench-paste --bin bench-views
"target/$folder/bench-startup" "$@"
"target/$folder/bench-paste"
exec "target/$folder/bench-views"
