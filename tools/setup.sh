#!/usr/bin/env bash
# Makes the environments: `setup.sh python LOCK FOLDER` or `setup.sh node`.
# Everything is checked against the hashes of a lock; running it again only adds what is missing.
set -euo pipefail

python=${PYTHON:-python3}

stop() {
    echo "Préau can't be set up: $*" >&2
    exit 1
}

setup_python() {
    local lock=$1 folder=$2
    command -v "$python" >/dev/null || stop "Python 3.11 or newer is needed (program '$python' not found)."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
        || stop "Python 3.11 or newer is needed, this is $("$python" --version)."
    if [ ! -x "$folder/bin/pip" ]; then
        echo "Making the Python environment $folder"
        "$python" -m venv "$folder" \
            || stop "Python's venv module is missing (on Debian: apt-get install python3-venv)."
    fi
    echo "Installing $lock"
    # The lock is whole, so nothing is resolved: what it leaves out on purpose (pyproject.toml, tool.uv) is not asked for.
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$lock"
    # Hashes and an editable install can't share one pip call; --no-index: nothing unchecked is fetched.
    "$folder/bin/pip" install --quiet --disable-pip-version-check \
        --no-index --no-deps --no-build-isolation --editable .
}

setup_node() {
    command -v npm >/dev/null || stop "Node.js 20 or newer with npm is needed."
    echo "Installing package-lock.json"
    npm ci --ignore-scripts --silent
}

cd "$(dirname "$0")/.."
"setup_$1" "${@:2}"
