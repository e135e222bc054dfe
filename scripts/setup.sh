#!/bin/sh
# Finds what the build needs and installs what is missing, saying so; silent and quick when nothing is missing.
#   scripts/setup.sh        for building and running
#   scripts/setup.sh test   also for driving the real window in tests
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

# at_least MINIMUM VERSION: compares up to three numeric parts.
at_least() {
  awk -v a="$1" -v b="$2" 'BEGIN {
    split(a, x, "."); split(b, y, ".")
    for (i = 1; i <= 3; i++) { if (y[i] + 0 > x[i] + 0) exit 0; if (y[i] + 0 < x[i] + 0) exit 1 }
  }'
}

manager=
for candidate in apt-get dnf pacman; do
  if command -v "$candidate" >/dev/null; then
    manager=$candidate
    break
  fi
done

packages=
# wants "TEST" APT DNF PACMAN: adds this system's package to the list if TEST fails.
wants() {
  if sh -c "$1" >/dev/null 2>&1; then return; fi
  case $manager in
    apt-get) packages="$packages $2" ;;
    dnf) packages="$packages $3" ;;
    pacman) packages="$packages $4" ;;
    *) packages="$packages '$1'" ;;
  esac
}

install_packages() {
  case $manager in
    # Package lists may be missing (in a fresh container) or outdated. Update only then, since it takes time.
    apt-get) install="apt-get install -y --no-install-recommends$packages || (apt-get update && apt-get install -y --no-install-recommends$packages)" ;;
    dnf) install="dnf install -y$packages" ;;
    pacman) install="pacman -S --needed --noconfirm$packages" ;;
    *)
      say "Missing, and this system's package manager is not known here:$packages"
      exit 2
      ;;
  esac
  if [ "$(id -u)" -eq 0 ]; then
    as_root="sh -c"
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root="sudo sh -c"
  else
    say "Missing system packages. Install them with:  sudo sh -c '$install'"
    exit 2
  fi
  say "Installing with $manager:$packages"
  if ! DEBIAN_FRONTEND=noninteractive $as_root "export DEBIAN_FRONTEND=noninteractive; $install" >.setup/install.log 2>&1; then
    tail -n 20 .setup/install.log >&2
    exit 2
  fi
}

mkdir -p .setup

if [ "$(uname -s)" = Linux ]; then
  wants 'command -v cc && command -v c++' build-essential 'gcc gcc-c++' base-devel
  wants 'command -v make' make make make
  wants 'command -v pkg-config' pkg-config pkgconf-pkg-config pkgconf
  # Includes GTK, libsoup and JavaScriptCore, all of which the window links to.
  wants 'pkg-config --exists webkit2gtk-4.1' libwebkit2gtk-4.1-dev webkit2gtk4.1-devel webkit2gtk-4.1
  if [ "${1-}" = test ]; then
    wants 'command -v WebKitWebDriver' webkit2gtk-driver /usr/bin/WebKitWebDriver webkitgtk-6.0
    wants 'command -v gnome-keyring-daemon' gnome-keyring gnome-keyring gnome-keyring
    wants 'command -v dbus-daemon && command -v dbus-send' dbus 'dbus-daemon dbus-tools' dbus
    wants 'command -v Xvfb' xvfb xorg-x11-server-Xvfb xorg-server-xvfb
    # Read the QR code on the screen, and compute a code, independently of this program.
    wants 'command -v zbarimg' zbar-tools zbar-tools zbar
    wants 'command -v oathtool' oathtool oathtool oath-toolkit
    # Uses the issuer's documentation as its readers do.
    wants 'command -v chromedriver && command -v chromium' 'chromium chromium-driver' 'chromium chromedriver' chromium
    # For the clients in tests/clients.
    wants 'python3 -c "import venv, ensurepip"' 'python3 python3-venv' python3 python
  fi
  [ -z "$packages" ] || install_packages
elif [ "$(uname -s)" = Darwin ]; then
  if ! xcode-select -p >/dev/null 2>&1; then
    say "Apple's command line tools are missing. Install them with:  xcode-select --install"
    exit 2
  fi
fi

rust=$(rustc --version 2>/dev/null | cut -d' ' -f2) || rust=
if ! command -v cargo >/dev/null || ! at_least 1.90 "${rust:-0}"; then
  say "Rust 1.90 or newer is needed${rust:+, this is $rust}. Get it with:  curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y && . ~/.cargo/env"
  exit 2
fi

node=$(node --version 2>/dev/null | tr -d v) || node=
if ! command -v npm >/dev/null || ! at_least 20.19 "${node:-0}"; then
  say "Node.js 20.19 or newer with npm is needed${node:+, this is $node}. Get it from https://nodejs.org/en/download, or with a version manager:  nvm install --lts"
  exit 2
fi

# The copy of the lock file shows which lock file the installed packages came from.
if [ ! -d ui/node_modules ] || ! cmp -s ui/package-lock.json .setup/package-lock.json; then
  say "Installing the page's packages with npm"
  (cd ui && npm ci --no-audit --no-fund --loglevel=error) >&2
  cp ui/package-lock.json .setup/package-lock.json
fi

# Clients that others wrote, for the tests of the issuer.
if [ "${1-}" = test ]; then
  clients=tests/clients/python/requirements.txt
  if ! .setup/clients/bin/python -c '' 2>/dev/null || ! cmp -s "$clients" .setup/requirements.txt; then
    say "Installing the tests' Python clients with pip"
    python3 -m venv --clear .setup/clients
    .setup/clients/bin/pip install --quiet --disable-pip-version-check --requirement "$clients" >&2
    cp "$clients" .setup/requirements.txt
  fi
  clients=tests/clients/node
  if [ ! -d "$clients/node_modules" ] || ! cmp -s "$clients/package-lock.json" .setup/clients-package-lock.json; then
    say "Installing the tests' JavaScript clients with npm"
    (cd "$clients" && npm ci --no-audit --no-fund --loglevel=error) >&2
    cp "$clients/package-lock.json" .setup/clients-package-lock.json
  fi
fi
