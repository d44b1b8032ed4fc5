// The public register for observers: what the town has signed last, as a sheet for the notice board, and whether it
// still holds what such a sheet says. All words are in the page (register.html): this shows those that are true.
import { base64, unbase64 } from './base64.mjs';
import { loadLibrary, makeVerify, NobodyCanSay } from './ed25519.mjs';
import { find, findAll } from './elements.mjs';
import { keptLog, lookAtLog, treeOf } from './log_head.mjs';
import { fingerprintOf } from './log_note.mjs';
import { isSame } from './log_tree.mjs';
import { memoryStore } from './outbox_memory.mjs';
import { openStore } from './outbox_db.mjs';
import { readSite } from './site.mjs';
import { sayMoment, sayNumber } from './words.mjs';

/** `#vu=<size>.<root>`: what a sheet on a notice board says of the register (docs/formats.md §13). */
const SHEET = /^#vu=(0|[1-9]\d{0,14})\.([A-Za-z0-9+/]{43}=)$/;

/** @param {...string} names */
function showOnly(...names) {
  for (const $one of findAll('[data-register] [data-say]')) $one.hidden = !names.includes($one.dataset.say || '');
}

/** @param {Checkpoint} checkpoint */
export function sheetOf(checkpoint) {
  return `#vu=${checkpoint.size}.${base64(checkpoint.root)}`;
}

/**
 * Whether the register still begins as a sheet says; null where there is no sheet. Rejects where nobody can say.
 * @param {LogPorts} ports
 * @param {Checkpoint} checkpoint
 * @param {string} sheet
 */
export async function isSheetTrue(ports, checkpoint, sheet) {
  const [, size, root] = SHEET.exec(sheet) || [];
  if (!size) return null;
  if (Number(size) > checkpoint.size) return false;
  const tree = await treeOf(ports, checkpoint);
  return isSame(await tree.rootAt(Number(size)), unbase64(root));
}

/** @param {Record<string, string>} texts */
function put(texts) {
  for (const [name, text] of Object.entries(texts)) find(`[data-put="${name}"]`).textContent = text;
}

/** @param {LogPorts} ports */
async function showRegister(ports) {
  const head = await lookAtLog(ports);
  const kept = await keptLog(ports.store);
  if (!head) return showOnly((kept && kept.alarm) || 'unread');
  const { checkpoint } = head;
  const isTrue = await isSheetTrue(ports, checkpoint, location.hash);
  put({
    size: sayNumber(checkpoint.size), number: fingerprintOf(checkpoint), name: checkpoint.origin, read: sayMoment(ports.now()),
  });
  showOnly('head', isTrue === null ? '' : String(isTrue));
  find('[data-register-draw]').onclick = () => void drawCode(checkpoint);
}

/** @param {Checkpoint} checkpoint */
async function drawCode(checkpoint) {
  const $place = find('[data-register-code]');
  try {
    // Loaded for the few who print it.
    await import(QR_URL);
    const address = location.origin + location.pathname + sheetOf(checkpoint);
    $place.replaceChildren(/** @type {any} */ (globalThis).PREAU.drawCode(address, $place.dataset.label));
    showOnly('head', 'code');
  } catch {
    showOnly('head', 'uncoded');
  }
}

export function startRegister() {
  const site = readSite();
  if (!site || !site.log) return;
  /** @type {LogPorts} */
  const ports = {
    store: openStore(`preau:${site.root}`, memoryStore), site, fetch: (url) => fetch(url, { cache: 'no-cache' }),
    now: () => Date.now() / 1000, verify: makeVerify(loadLibrary),
  };
  const show = () => showRegister(ports).catch((error) => showOnly(error instanceof NobodyCanSay ? 'unable' : 'unread'));
  addEventListener('hashchange', () => void show());
  return show();
}
