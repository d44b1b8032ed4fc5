// A page, network or not: the network for a moment, then the freshest copy, then a page that says there is none.
import { announceChange } from './changes.mjs';
import { keepAssets } from './sw_assets.mjs';
import { dropCopy, listCopies, readCopy, SEEN, stamped, stampOf, writeCopy } from './sw_copies.mjs';
import { packedPage } from './sw_packs.mjs';

const NETWORK_PATIENCE = 1500;
const MOST_SEEN = 60;
const HTML = 'text/html;charset=utf-8';

/** @param {string} path */
async function copyOf(path) {
  const seen = await readCopy(SEEN, path);
  const packed = await packedPage(path);
  if (packed && (!seen || packed.at >= stampOf(seen))) return packed;
  return seen ? { html: await seen.text(), at: stampOf(seen) } : null;
}

/**
 * The copy, telling the page since when it is one (banner.mjs).
 * @param {{ html: string, at: number }} copy
 */
function asCopy({ html, at }) {
  const mark = `<meta name="preau-copy" content="${Math.floor(at / 1000)}">`;
  return new Response(html.replace(/<head[^>]*>/, (head) => head + mark), { headers: { 'Content-Type': HTML } });
}

/**
 * @param {string} path
 * @param {string} html
 */
async function remember(path, html) {
  await writeCopy(SEEN, path, stamped(html, HTML));
  const paths = await listCopies(SEEN);
  for (const old of paths.slice(0, Math.max(0, paths.length - MOST_SEEN))) await dropCopy(SEEN, old);
  // What comes when somebody reaches for it must be there without network.
  await keepAssets(html);
}

/** @param {string} path */
async function missingPage(path) {
  const language = /^\/[a-z]{2,3}(?=\/)/.exec(path);
  const copy = (language && (await packedPage(`${language[0]}/sans-reseau/`))) || (await packedPage('/sans-reseau/'));
  return copy ? new Response(copy.html, { status: 503, headers: { 'Content-Type': HTML } }) : Response.error();
}

/**
 * @param {Request} request
 * @param {string} path
 * @param {(work: Promise<unknown>) => void} waitUntil
 */
async function fromNetwork(request, path, waitUntil) {
  const response = await fetch(request);
  const isPage = response.ok && (response.headers.get('Content-Type') || '').startsWith('text/html');
  const text = isPage ? response.clone().text() : null;
  if (text) waitUntil(text.then((html) => remember(path, html)).catch(() => {}));
  return { response, text };
}

/**
 * Keeps a page that was opened before there was a worker.
 * @param {string} path
 * @param {(work: Promise<unknown>) => void} waitUntil
 */
export function keepSeen(path, waitUntil) {
  waitUntil(fromNetwork(new Request(path), path, waitUntil).catch(() => {}));
}

/**
 * @param {Request} request
 * @param {(work: Promise<unknown>) => void} waitUntil
 */
export async function pageFor(request, waitUntil) {
  const path = new URL(request.url).pathname;
  const network = fromNetwork(request, path, waitUntil);
  const late = new Promise((resolve) => setTimeout(resolve, NETWORK_PATIENCE, null));
  const first = await Promise.race([network, late]).catch(() => null);
  // 5xx: the host is unwell, a copy is better. 404 is an answer.
  if (first && first.response.status < 500) return first.response;
  const copy = await copyOf(path);
  if (!copy) {
    const answer = await network.catch(() => null);
    return answer ? answer.response : missingPage(path);
  }
  const compare = async () => {
    const { text } = await network;
    if (!text || (await text) === copy.html) return;
    // The page that shows the copy has to be listening first.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    announceChange({ page: path });
  };
  waitUntil(compare().catch(() => {}));
  return asCopy(copy);
}

/**
 * Open data that the outbox checks acts against: the network, else the last copy.
 * @param {Request} request
 */
export async function dataFor(request) {
  const path = new URL(request.url).pathname;
  try {
    const response = await fetch(request);
    if (response.ok) await writeCopy(SEEN, path, stamped(await response.clone().text(), 'application/json'));
    return response;
  } catch {
    return (await readCopy(SEEN, path)) || Response.error();
  }
}
