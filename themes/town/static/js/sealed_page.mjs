// A private page came sealed: opened here, with the key that the town hands to a phone whose person may read it.
import { unb64u, utf8 } from './canonical.mjs';
import { component } from './component.mjs';
import { element, find, findAll } from './elements.mjs';
import { askAsDevice } from './person_requests.mjs';

const NONCE = 12;

/**
 * The bytes of the file `name`, twin of Seal.close (site_builder/sealing.py); throws for another key or another file.
 * @param {string} key
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} sealed
 */
async function unseal(key, name, sealed) {
  const aes = await crypto.subtle.importKey('raw', unb64u(key), 'AES-GCM', false, ['decrypt']);
  const how = { name: 'AES-GCM', iv: sealed.slice(0, NONCE), additionalData: utf8(`preau-sealed-v1|${name}`) };
  const small = await crypto.subtle.decrypt(how, aes, sealed.slice(NONCE));
  return new Response(new Blob([small]).stream().pipeThrough(new DecompressionStream('deflate')));
}

/**
 * The key of name `kid`: this phone's, else the town's, which it keeps. Why there is none, as `why`.
 * @param {Page} page
 * @param {string} kid
 * @param {string} consultation
 * @returns {Promise<{ key?: string, why?: string }>}
 */
async function findKey({ site, store, now }, kid, consultation) {
  const kept = await store.get('state', 'reading');
  if (kept && kept[kid]) return { key: kept[kid] };
  if (!(await store.get('state', 'person'))) return { why: 'unknown' };
  const { status, body } = await askAsDevice({ site, store, now, fetch: window.fetch.bind(window) }, 'read', { consultation });
  if (status !== 200) return { why: status ? body.code : 'unreached' };
  if (body.kid !== kid) return { why: 'stale' };
  await store.edit('state', ['reading'], (old) => ({ ...old, [kid]: body.key }));
  return { key: body.key };
}

/**
 * The only text that may become nodes is what the town has sealed, whole.
 * @param {string} html
 * @returns {any}
 */
function trusted(html) {
  const types = /** @type {any} */ (window).trustedTypes;
  return types ? types.createPolicy('preau-sealed', { createHTML: () => html }).createHTML('') : html;
}

/**
 * The page in the place of its shell, whose status and banner are known to the scripts and stay.
 * @param {Page} page
 * @param {string} html
 */
function show(page, html) {
  const opened = new DOMParser().parseFromString(trusted(html), 'text/html');
  const $main = find('main');
  const $own = findAll('main > [role=status], main > [data-banner]');
  const $status = find('main > [role=status]', opened);
  if ($status) $own[0].className = $status.className;
  for (const $one of findAll('main > [role=status], main > [data-banner]', opened)) $one.remove();
  $main.replaceChildren(...$own, ...find('main', opened).childNodes);
  document.body.className = opened.body.className;
  document.title = opened.title;
  page.tell(opened.title);
  const $wanted = location.hash && document.getElementById(location.hash.slice(1));
  if ($wanted) $wanted.scrollIntoView();
}

/**
 * Open data is sealed beside its name: a link to it saves it opened.
 * @param {string} key
 * @param {string} consultation
 */
function openLinks(key, consultation) {
  const save = async (/** @type {string} */ path) => {
    const name = path.slice(1);
    const response = await fetch(`${path}.sealed`);
    const opened = await unseal(key, name, new Uint8Array(await response.arrayBuffer()));
    const href = URL.createObjectURL(await opened.blob());
    element('a', { href, download: name.replace(/.*\//, '') }).click();
    URL.revokeObjectURL(href);
  };
  find('main').addEventListener('click', (event) => {
    const $link = event.target instanceof Element ? event.target.closest('a') : null;
    const path = $link && $link.origin === location.origin ? $link.pathname : '';
    if (!path.startsWith(`/${consultation}/`) || path.endsWith('/')) return;
    event.preventDefault();
    component('open data', () => save(path));
  });
}

/** What can be kept of these pages stays sealed on the phone. */
async function keepSealed() {
  const { active } = await navigator.serviceWorker.ready;
  for (const $button of findAll('[data-keep]')) {
    $button.hidden = true;
    if (active) active.postMessage({ keep: $button.dataset.keep });
  }
}

/**
 * @param {Page} page
 * @returns {Promise<string>} why the page stays closed, "" once it is open
 */
async function open(page, /** @type {HTMLElement} */ $sealed) {
  const { sealed = '', kid = '', file = '', run = '' } = $sealed.dataset;
  if (!crypto.subtle || !('DecompressionStream' in window)) return 'unable';
  const { key, why = '' } = await findKey(page, kid, sealed);
  if (!key) return why;
  const $text = /** @type {HTMLTemplateElement} */ ($sealed.querySelector('template'));
  const opened = await unseal(key, file, unb64u($text.content.textContent || ''));
  show(page, await opened.text());
  openLinks(key, sealed);
  for (const url of run.split(' ')) if (url) await import(url);
  if (navigator.serviceWorker) component('keep', keepSealed);
  return '';
}

/** @param {Page} page */
export async function startSealed(page) {
  const $sealed = find('[data-sealed]');
  const why = await open(page, $sealed).catch((error) => {
    console.error(error);
    return 'failed';
  });
  if (!why) return;
  const $whys = findAll('[data-why]', $sealed);
  const named = ['unknown_key', 'revoked'].includes(why) ? 'unknown' : why;
  const fits = (/** @type {HTMLElement} */ $one, /** @type {string} */ name) => (($one.dataset.why || '').split(' ').includes(name));
  const $why = $whys.find(($one) => fits($one, named)) || $whys.find(($one) => fits($one, 'failed'));
  if (!$why) return;
  $why.hidden = false;
  page.tell(($why.querySelector('p')?.textContent || '').trim());
}
