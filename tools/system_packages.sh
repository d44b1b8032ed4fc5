#!/usr/bin/env bash
# Installs the browsers that the tests drive, and Go for a second opinion on the public log; only what is missing.
set -euo pipefail

# program (or folder):package
wanted=(
    chromium:chromium
    chromedriver:chromium-driver
    firefox-esr:firefox-esr
    WebKitWebDriver:webkit2gtk-driver
    Xvfb:xvfb
    go:golang-go
    /usr/share/gocode/src/golang.org/x/mod:golang-golang-x-mod-dev
)

missing=()
for pair in "${wanted[@]}"; do
    command -v "${pair%%:*}" >/dev/null || [ -d "${pair%%:*}" ] || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "The tests need ${missing[*]}: this machine has no apt-get, please install them by hand." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi

echo "Installing ${missing[*]} (about 900 MB on a new machine)"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
