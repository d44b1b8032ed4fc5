"""Rivals from the locks: a Python environment and a node_modules in bench/.cache, made again when a lock changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.programs import REPOSITORY

CACHE = REPOSITORY / "bench" / ".cache"
VENV = CACHE / "venv"
NODE = CACHE / "node"
PYTHON_LOCK = REPOSITORY / "requirements-bench.txt"
NODE_FILES = ("package.json", "package-lock.json", ".npmrc")


def program(name: str) -> str:
    """A program of the Python rivals' environment."""
    return str(VENV / "bin" / name)


def package(name: str) -> Path:
    """The folder of an installed Node package."""
    return NODE / "node_modules" / name


def site_packages() -> Path:
    """Where the Python rivals' files are."""
    return next((VENV / "lib").glob("python3*")) / "site-packages"


def install_all() -> None:
    """Installs what is missing or was installed from another lock."""
    _install_python()
    _install_node()


def _install_python() -> None:
    stamp = VENV / ".installed"
    if _is_fresh(stamp, [PYTHON_LOCK]):
        return
    print("Installing the Python rivals into bench/.cache", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    # The lock is complete, so nothing is resolved; it leaves out one package that would need a compiler.
    pip = [program("pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    _run_quietly([*pip, "--requirement", str(PYTHON_LOCK)], REPOSITORY)
    stamp.write_text(_digest([PYTHON_LOCK]), "utf-8")


def _install_node() -> None:
    sources, stamp = [Path(__file__).with_name(name) for name in NODE_FILES], NODE / ".installed"
    if _is_fresh(stamp, sources):
        return
    print("Installing the Node rivals into bench/.cache", file=sys.stderr)
    NODE.mkdir(parents=True, exist_ok=True)
    for source in sources:
        shutil.copyfile(source, NODE / source.name)
    _run_quietly(["npm", "ci", "--ignore-scripts"], NODE)
    stamp.write_text(_digest(sources), "utf-8")


def _run_quietly(command: list[str], folder: Path) -> None:
    environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{done.stdout}\n{done.stderr}")


def _is_fresh(stamp: Path, sources: list[Path]) -> bool:
    return stamp.is_file() and stamp.read_text("utf-8") == _digest(sources)


def _digest(sources: list[Path]) -> str:
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def versions() -> dict[str, str]:
    """What was measured against, for the line under the table."""
    names = {"hugo": "Hugo", "pelican": "Pelican", "kinto": "Kinto", "tinydb": "TinyDB", "isso": "Isso"}
    found = {}
    for line in PYTHON_LOCK.read_text("utf-8").splitlines():
        name, equals, rest = line.partition("==")
        if equals and name in names:
            found[names[name]] = rest.split()[0]
    for name in ("pouchdb-server", "lighthouse"):
        text = (package(name) / "package.json").read_text("utf-8")
        found[name] = text.partition('"version":')[2].split('"')[1]
    return found
