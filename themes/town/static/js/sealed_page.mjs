// A private page came sealed, and is opened here with the key of its consultation, once this phone has it.
import { unb64u, utf8 } from './canonical.mjs';
import { component } from './component.mjs';
import { element, find, findAll, focusOn } from './elements.mjs';
import { keepParts } from './keep.mjs';
import { sayWhy } from './sealed_why.mjs';

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
 * The only text that may become nodes is what the town has sealed, whole.
 * @param {string} html
 * @returns {any}
 */
function trusted(html) {
  const types = /** @type {any} */ (window).trustedTypes;
  return types ? types.createPolicy('preau-sealed', { createHTML: () => html }).createHTML('') : html;
}

/**
 * A file of the site that is sealed beside its name.
 * @param {string} key
 * @param {string} path
 */
async function openedFile(key, path) {
  const response = await fetch(`${path}.sealed`);
  const opened = await unseal(key, path.slice(1), new Uint8Array(await response.arrayBuffer()));
  return URL.createObjectURL(await opened.blob());
}

/**
 * The page in the place of its shell, whose status and banner are known to the scripts and stay.
 * @param {Page} page
 * @param {string} key
 * @param {string} consultation
 * @param {string} html
 */
function show(page, key, consultation, html) {
  const opened = new DOMParser().parseFromString(trusted(html), 'text/html');
  const $own = findAll('main > [role=status], main > [data-banner]');
  const [$status, $banner] = findAll('main > [role=status], main > [data-banner]', opened);
  $own[0].className = $status.className;
  $status.remove();
  $banner.remove();
  // Before they stand in the page: by these names there is nothing.
  for (const $photo of /** @type {HTMLImageElement[]} */ (findAll(`img[src^='/${consultation}/']`, opened))) {
    const path = $photo.getAttribute('src') || '';
    $photo.removeAttribute('src');
    component('photo', async () => ($photo.src = await openedFile(key, path)));
  }
  const $main = find('main');
  const hadFocus = $main.contains(document.activeElement);
  $main.replaceChildren(...$own, ...find('main', opened).childNodes);
  // The field of the code is gone.
  if (hadFocus) focusOn(find('h1'));
  document.body.className = opened.body.className;
  document.title = opened.title;
  page.tell(opened.title);
  const $wanted = location.hash && document.getElementById(location.hash.slice(1));
  if ($wanted) $wanted.scrollIntoView();
}

/**
 * Open data and photos are sealed beside their names: a link to one saves it opened.
 * @param {string} key
 * @param {string} consultation
 */
function openLinks(key, consultation) {
  find('main').addEventListener('click', (event) => {
    const $link = /** @type {Element} */ (event.target).closest('a');
    const path = $link && $link.origin === location.origin ? $link.pathname : '';
    if (!path.includes(`/${consultation}/`) || path.endsWith('/')) return;
    event.preventDefault();
    component('open data', async () => {
      const href = await openedFile(key, path);
      element('a', { href, download: path.replace(/.*\//, '') }).click();
      URL.revokeObjectURL(href);
    });
  });
}

/**
 * @param {Page} page
 * @param {string} key
 */
async function open(page, key) {
  const $sealed = find('[data-sealed]');
  const { sealed = '', file = '', run = '' } = $sealed.dataset;
  const $text = /** @type {HTMLTemplateElement} */ (find('template', $sealed));
  const opened = await unseal(key, file, unb64u($text.content.textContent || ''));
  show(page, key, sealed, await opened.text());
  openLinks(key, sealed);
  for (const url of run.split(' ')) if (url) await import(url);
  if (navigator.serviceWorker) component('keep', keepParts);
}

/** @param {Page} page */
export async function startSealed(page) {
  const { kid = '', ask = '' } = find('[data-sealed]').dataset;
  const tryWith = (/** @type {string} */ key) => open(page, key).catch((error) => {
    console.error(error);
    sayWhy(page, 'failed');
  });
  if (!crypto.subtle || !('DecompressionStream' in window)) return sayWhy(page, 'unable');
  const kept = await page.store.get('state', 'reading');
  if (kept && kept[kid]) return tryWith(kept[kid]);
  // What finds the key comes when there is none, once, and says so (reading_page.mjs).
  document.addEventListener('preau-key', (event) => void tryWith(/** @type {CustomEvent} */ (event).detail), { once: true });
  await import(ask).catch(() => sayWhy(page, 'unreached'));
}
