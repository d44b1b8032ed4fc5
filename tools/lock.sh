#!/usr/bin/env bash
# Rewrites the Python locks from pyproject.toml: every version with its hashes, no address of any index.
# Versions already locked stay unless UPGRADE=1. uv is used from a folder thrown away afterwards.
set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check uv

lock() {
    "$work/venv/bin/uv" pip compile --quiet --universal --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate ${UPGRADE:+--upgrade} "$@"
}

compile() {
    lock --extra build --extra postgres "$@" pyproject.toml
}

# The widest lock first: the others repeat its versions, so that what is tested is what runs.
compile --extra test --output-file requirements-dev.txt
compile --constraint requirements-dev.txt --output-file requirements.txt
# Rivals to measure against, in an environment of their own. misaka would need a compiler, and nothing asks for it.
lock --no-emit-package misaka --output-file requirements-bench.txt bench/peers/requirements.in

if grep -nE 'https?://|file:|/opt/|/home/' requirements*.txt; then
    echo "A lock names an address or a folder of this machine: see the lines above." >&2
    exit 1
fi
