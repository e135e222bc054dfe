#!/bin/sh
# Runs Tauri's own command line tool, at the version of the crate; only `make dev` and `make package` need it.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^tauri = { version = "=\([0-9.]*\)".*/\1/p' Cargo.toml)
# The configuration is beside Cargo.toml, not in src-tauri/, where the tool looks first.
export TAURI_APP_PATH="$PWD" TAURI_FRONTEND_PATH="$PWD/ui"
exec npm exec --yes --package="@tauri-apps/cli@$version" -- tauri "$@"
