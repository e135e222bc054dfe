#!/bin/sh
# Runs every Rust test but the mutations, which `make test` runs by themselves. The tests of the real window mostly wait,
# so they run alongside the others; what they print follows at the end.
set -eu
cd "$(dirname "$0")/.."
printed=$(mktemp)
cargo test --locked --quiet --workspace --no-fail-fast --test window -- --test-threads=$(($(getconf _NPROCESSORS_ONLN) + 1)) \
    >"$printed" 2>&1 &
window=$!
trap 'kill "$window" 2>/dev/null || :; rm -f "$printed"' EXIT
trap 'exit 130' INT TERM HUP
status=0
cargo test --locked --quiet --workspace --exclude window-tests --no-fail-fast -- --skip mutations:: || status=$?
wait "$window" || status=$?
cat "$printed"
exit "$status"
