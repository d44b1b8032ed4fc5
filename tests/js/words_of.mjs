// The words that a bundle is given, as the builder puts them together: the theme's and those of every module.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const modules = readdirSync(new URL('civic/modules/', root)).sort();

/** @param {string} path */
const read = (path) => (existsSync(new URL(path, root)) ? JSON.parse(readFileSync(new URL(path, root), 'utf8')) : {});

/** @param {string} lang */
export function wordsOf(lang) {
  const brought = modules.map((name) => read(`civic/modules/${name}/script_words/${lang}.json`));
  return Object.assign({}, read(`themes/town/static/js/words/${lang}.json`), ...brought);
}

/** The languages of the theme. */
export function languages() {
  return readdirSync(new URL('themes/town/static/js/words/', root)).map((name) => name.replace('.json', ''));
}

/** Every script that says something. */
export function scripts() {
  const folder = new URL('themes/town/static/js/', root);
  const own = readdirSync(folder).filter((name) => name.endsWith('.mjs') && !['lean_qr.mjs', 'noble_ed25519.mjs'].includes(name));
  const brought = modules.flatMap((name) => ['script.mjs', 'recount/recount.mjs'].map((file) => new URL(`civic/modules/${name}/${file}`, root))).filter((file) => existsSync(file));
  return [...own.map((name) => new URL(name, folder)), ...brought].map((file) => readFileSync(file, 'utf8')).join('\n');
}
