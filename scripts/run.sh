#!/bin/sh
# Builds what changed and opens the window. Arguments go to the program.
set -eu
cd "$(dirname "$0")/.."

# The program says this too, but minutes of building come before it.
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  echo "Token Workbench needs a display; without one, use twb: cargo run -p twb -- --help" >&2
  exit 2
fi

scripts/setup.sh
make --no-print-directory ui/dist/index.html
cargo build --quiet
exec target/debug/token-workbench "$@"
