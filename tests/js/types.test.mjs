// `make types` checks the page's scripts; the service worker lives in another world and has its own configuration.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const root = fileURLToPath(new URL('../../', import.meta.url));

for (const config of ['jsconfig.json', 'jsconfig.worker.json']) {
  test(`types hold: ${config}`, () => {
    const { stdout, status } = spawnSync('npx', ['--no-install', 'tsc', '-p', `themes/town/static/js/${config}`], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
}

test('the copy of lean-qr is the published one', () => {
  const published = readFileSync(`${root}node_modules/lean-qr/nano.mjs`, 'utf8').trim();
  const copy = readFileSync(`${root}themes/town/static/js/lean_qr.mjs`, 'utf8');
  assert.ok(copy.includes(published.replace('export{r as correction,m as generate};', '')));
});

test('the copy of noble-ed25519 is the published one without its comments', () => {
  const published = readFileSync(`${root}node_modules/@noble/ed25519/index.js`, 'utf8');
  const lines = published.replace(/\/\*[^]*?\*\//g, '').split('\n').map((line) => line.replace(/(^|\s+)\/\/ .*$/, '').trim());
  const code = lines.filter((line) => line && !line.startsWith('export {')).join(' ');
  assert.ok(readFileSync(`${root}themes/town/static/js/noble_ed25519.mjs`, 'utf8').includes(`\n${code}\n`));
});
