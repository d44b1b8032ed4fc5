// The key of a private consultation: the town hands it to who may read, or a code opens it (docs/formats.md §30).
import { b64u, unb64u, utf8 } from './canonical.mjs';
import { find } from './elements.mjs';
import { askAsDevice } from './person_requests.mjs';
import { clearFaults, sayFaults } from './pressed.mjs';
import { sayWhy } from './sealed_why.mjs';

const ROUNDS = 600000;

/**
 * Keeps the key and hands it to the page.
 * @param {Page} page
 * @param {string} kid
 * @param {string} key
 */
async function take({ store }, kid, key) {
  await store.edit('state', ['reading'], (old) => ({ ...old, [kid]: key }));
  document.dispatchEvent(new CustomEvent('preau-key', { detail: key }));
}

/**
 * The key that `wrapped` holds, twin of wrap (sync_server/reading_keys.py); throws for another code.
 * @param {string} typed
 * @param {string} kid
 * @param {string} wrapped
 */
async function unwrap(typed, kid, wrapped) {
  const code = typed.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1').replace(/[^0-9A-Z]/g, '');
  const secret = await crypto.subtle.importKey('raw', utf8(code), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: utf8(`preau-reading-code-v1|${kid}`), iterations: ROUNDS };
  const own = await crypto.subtle.deriveKey(how, secret, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const key = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, own, unb64u(wrapped));
  return b64u(new Uint8Array(key));
}

/**
 * @param {Page} page
 * @param {string} kid
 * @param {string} wrapped
 */
function askForCode(page, kid, wrapped) {
  const $form = /** @type {HTMLFormElement} */ (find('[data-sealed] form'));
  $form.hidden = false;
  $form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearFaults($form);
    const $field = /** @type {HTMLInputElement} */ (find('input', $form));
    const key = await unwrap($field.value, kid, wrapped).catch(() => '');
    if (key) return take(page, kid, key);
    const missing = !$field.value.trim();
    const text = (missing ? $field.dataset.missing : $field.dataset.wrong) || '';
    return sayFaults($form, [{ field: $field.name, text, missing }]);
  });
}

/** @param {Page} page */
export async function startReading(page) {
  const { sealed = '', kid = '', wrapped = '' } = find('[data-sealed]').dataset;
  if (wrapped) return askForCode(page, kid, wrapped);
  const { site, store, now } = page;
  if (!(await store.get('state', 'person'))) return sayWhy(page, 'unknown');
  const doors = { site, store, now, fetch: window.fetch.bind(window) };
  const { status, body } = await askAsDevice(doors, 'read', { consultation: sealed });
  if (status === 200 && body.kid === kid) return take(page, kid, body.key);
  sayWhy(page, status === 200 ? 'stale' : status ? body.code : 'unreached');
}
