// What the service worker keeps: manifests, packs of pages, pages last seen, assets. Content-addressed, so an old and
// a new copy never mix (docs/formats.md §9).

/** The library only knows workers in general. */
export const WORKER = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
export const ROOT = new URL(WORKER.registration.scope).pathname;
export const MANIFESTS = `preau:${ROOT}manifests`;
export const PACKS = `preau:${ROOT}packs`;
export const ASSETS = `preau:${ROOT}assets`;
export const SEEN = `preau:${ROOT}seen`;

/**
 * A text with the instant at which the network last stood for it.
 * @param {string} text
 * @param {string} type
 */
export function stamped(text, type) {
  return new Response(text, { headers: { 'Content-Type': type, 'Preau-At': String(Date.now()) } });
}

/** @param {Response} response */
export function stampOf(response) {
  return Number(response.headers.get('Preau-At'));
}

/**
 * @param {string} cache
 * @param {string} path
 */
export async function readCopy(cache, path) {
  return (await caches.open(cache)).match(path);
}

/**
 * @param {string} cache
 * @param {string} path
 * @param {Response} response
 */
export async function writeCopy(cache, path, response) {
  await (await caches.open(cache)).put(path, response);
}

/** @param {string} cache */
export async function listCopies(cache) {
  const keys = await (await caches.open(cache)).keys();
  return keys.map((request) => new URL(request.url).pathname);
}

/**
 * @param {string} cache
 * @param {string} path
 */
export async function dropCopy(cache, path) {
  await (await caches.open(cache)).delete(path);
}
