#!/bin/sh
# Builds what changed and opens the window. Arguments go to the program.
set -eu
cd "$(dirname "$0")/.."

# The program checks this too, but only after minutes of building.
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  # shellcheck disable=SC2016
  echo 'token-workbench: no display (DISPLAY and WAYLAND_DISPLAY are unset); the same engine works without one: run `twb --help`' >&2
  exit 2
fi

scripts/setup.sh
make --silent ui/dist/index.html
cargo build --quiet
exec "${CARGO_TARGET_DIR:-target}/debug/token-workbench" "$@"
