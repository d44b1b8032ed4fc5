// The service worker's table of contents. It changes rarely: what changes is in packs (docs/formats.md §9).
import './sw_script.mjs';
import { announceChange } from './changes.mjs';
import { asset } from './sw_assets.mjs';
import { ROOT, WORKER } from './sw_copies.mjs';
import { flushForBrowser } from './sw_flush.mjs';
import { keepPages } from './sw_packs.mjs';
import { dataFor, keepSeen, pageFor } from './sw_pages.mjs';

/**
 * One at a time; the page asks again at every load, so what was cut goes on then.
 * @param {string} path
 */
async function keepInTurn(path) {
  const work = () => keepPages(path);
  await (navigator.locks ? navigator.locks.request('preau-keep', work) : work());
  announceChange({ kept: path });
}

WORKER.addEventListener('install', (event) => {
  void WORKER.skipWaiting();
  // A network that breaks here must not cost the citizen the sending of acts.
  event.waitUntil(keepInTurn(`${ROOT}files.json`).catch(() => {}));
});

WORKER.addEventListener('activate', (event) => event.waitUntil(WORKER.clients.claim()));

WORKER.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(pageFor(request, (work) => event.waitUntil(work)));
  else if (pathname.startsWith('/a/')) event.respondWith(asset(pathname));
  else if (/\/donnees\/.*\.json$/.test(pathname)) event.respondWith(dataFor(request));
});

WORKER.addEventListener('message', (event) => {
  const { keep, seen } = event.data || {};
  if (typeof keep === 'string' && keep.endsWith('files.json')) event.waitUntil(keepInTurn(keep).catch(() => {}));
  if (typeof seen === 'string') keepSeen(seen, (work) => event.waitUntil(work));
});

WORKER.addEventListener('sync', (/** @type {any} */ event) => {
  if (event.tag.startsWith('flush')) event.waitUntil(flushForBrowser());
});
