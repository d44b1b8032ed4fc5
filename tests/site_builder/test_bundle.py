"""Modules become one classic script that a browser can read, and departures from the rules stop the build."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from site_builder.bundle import BundleError, bundle

THEME = Path(__file__).parents[2] / "themes/town/static/js"
NODE = shutil.which("node")
LATER = ("qr", "outbox_asset", "proofs_asset", "register_asset", "ed25519_asset")


def modules(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
    return folder / "main.mjs"


def run(script: str) -> str:
    assert NODE
    return subprocess.run([NODE, "-e", script], check=True, capture_output=True, text=True, timeout=30).stdout.strip()


def test_a_module_comes_after_those_it_imports_and_only_once(tmp_path: Path) -> None:
    entry = modules(
        tmp_path,
        main="import { b } from './b.mjs';\nimport { a } from './a.mjs';\nconsole.log(LOUD, a(), b());\n",
        b="import { a } from './a.mjs';\nexport function b() { return a() + 1; }\n",
        a="const START = 4711;\nexport function a() {\n  return START;\n}\n",
    )
    script = bundle(entry, 'const LOUD = "é";')
    assert script.count("4711") == 1
    assert run(script) == "é 4711 4712"


def test_templates_and_regular_expressions_survive(tmp_path: Path) -> None:
    entry = modules(
        tmp_path,
        main="const SLASH = /\\/\\*[/]  x/;\nconst n = 3;\n"
        "console.log(`a  // ${n  +  1}   */`, SLASH.test('/*/  x'), 'it // stays');\n",
    )
    assert run(bundle(entry)) == "a  // 4   */ true it // stays"


def test_the_same_files_give_the_same_text(tmp_path: Path) -> None:
    entry = modules(tmp_path, main="export const ONE = 1;\n")
    assert bundle(entry) == bundle(entry)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"main": "import { a } from './a.mjs';\n", "a": "const a = 1;\n"}, "does not export: a"),
        ({"main": "import { a } from './a.mjs';\nconst X = 1;\n", "a": "const X = 2;\nexport const a = 1;\n"}, "X is"),
        ({"main": "import { a } from './a.mjs';\n", "a": "import { m } from './main.mjs';\n"}, "main.mjs > a.mjs >"),
        ({"main": "export default 1;\n"}, "not bundled: export default"),
        ({"main": "import x from './a.mjs';\n"}, "not bundled: import x"),
        ({"main": "import { a as b } from './a.mjs';\n", "a": "export const a = 1;\n"}, "does not export: a as b"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(tmp_path: Path, texts: dict[str, str], says: str) -> None:
    with pytest.raises(BundleError, match=says):
        bundle(modules(tmp_path, **texts))


def test_what_a_script_lends_is_not_bundled_twice(tmp_path: Path) -> None:
    page = modules(
        tmp_path,
        main="import { a, unused } from './a.mjs';\nif (globalThis.LOUD) console.log(a(), unused);\n",
        a="export function a() {\n  return 'lent';\n}\nexport const unused = 'kept back';\n",
        late="import './first.mjs';\nimport { b } from './b.mjs';\nconsole.log(b());\n",
        first="console.log('first');\n",
        b="import { a } from './a.mjs';\nexport function b() {\n  return a() + '!';\n}\n",
    )
    late = bundle(tmp_path / "late.mjs", borrows_from=[page])
    lender = bundle(page, lends_to=[tmp_path / "late.mjs"])
    assert "lent" not in late
    assert re.search(r"globalThis\.PREAU=\{_0:\w+\}", lender)
    assert run(f"{lender};{late}") == "first\nlent!"


def test_a_third_script_borrows_from_the_two_before_it(tmp_path: Path) -> None:
    page = modules(
        tmp_path,
        main="import { a } from './a.mjs';\nif (globalThis.LOUD) console.log(a());\n",
        a="export function a() {\n  return 'lent first';\n}\n",
        second="import { b } from './b.mjs';\nif (globalThis.LOUD) console.log(b());\n",
        b="import { a } from './a.mjs';\nexport function b() {\n  return a() + ', lent second';\n}\n",
        third="import { a } from './a.mjs';\nimport { b } from './b.mjs';\nconsole.log(a(), b());\n",
    )
    behind, last = tmp_path / "second.mjs", tmp_path / "third.mjs"
    third = bundle(last, borrows_from=[page, behind])
    scripts = [bundle(page, lends_to=[behind, last]), bundle(behind, lends_to=[last], borrows_from=[page]), third]
    assert "lent" not in third
    assert run(";".join(scripts)) == "lent first lent first, lent second"


def test_a_name_can_not_be_both_borrowed_and_declared(tmp_path: Path) -> None:
    page = modules(
        tmp_path,
        main="import { a } from './a.mjs';\n",
        a="export const a = 1;\n",
        late="import { a } from './a.mjs';\nimport { b } from './b.mjs';\n",
        b="const a = 2;\nexport const b = a;\n",
    )
    with pytest.raises(BundleError, match="borrowed and declared: a"):
        bundle(tmp_path / "late.mjs", borrows_from=[page])


@pytest.mark.parametrize("entry", ["main", "sw", *LATER])
def test_the_theme_bundles_into_valid_classic_scripts(tmp_path: Path, entry: str) -> None:
    script = tmp_path / "script.js"
    page = THEME / "main.mjs"
    borrowers = [THEME / f"{name}.mjs" for name in ("sw", *LATER)]
    text = bundle(page, lends_to=borrowers) if entry == "main" else bundle(THEME / f"{entry}.mjs", borrows_from=[page])
    script.write_text(text, "utf-8")
    assert NODE
    subprocess.run([NODE, "--check", str(script)], check=True, timeout=30)


def test_the_bundled_rules_are_still_the_rules(tmp_path: Path) -> None:
    for file in THEME.glob("*.mjs"):
        shutil.copy(file, tmp_path)
    (tmp_path / "probe.mjs").write_text(
        "import { normalise } from './text.mjs';\nimport { phaseAt } from './phases.mjs';\n"
        "import { envelopeId } from './envelope.mjs';\n"
        "Object.assign(globalThis, { normalise, phaseAt, envelopeId });\n",
        encoding="utf-8",
    )
    vectors = Path(__file__).parents[1] / "vectors"
    script = f"""{bundle(tmp_path / "probe.mjs")}
const read = (name) => JSON.parse(require('fs').readFileSync('{vectors}/' + name + '.json', 'utf8'));
(async () => {{
  let n = 0;
  for (const one of read('text').cases) n += normalise(one.in, one.lines) === one.out ? 0 : 1;
  for (const one of read('phases').cases) n += phaseAt(one, one.now) === one.phase ? 0 : 1;
  for (const one of read('envelopes').envelopes) n += (await envelopeId(one.jws)) === one.id ? 0 : 1;
  console.log(n);
}})();"""
    assert run(script) == "0"
