// The newest checkpoint of the town's log, believed only where it continues the one that this phone saw before.
import { isSame } from './log_tree.mjs';
import { openCheckpoint, parseVkey } from './log_note.mjs';
import { openTree } from './log_tiles.mjs';

const KEPT = 'log';

/**
 * What this phone knows of the log; undefined before it has looked.
 * @param {Store} store
 * @returns {Promise<LogKept | undefined>}
 */
export function keptLog(store) {
  return store.get('state', KEPT);
}

/**
 * Forgets the log, once the citizen has seen that it is not what it was: the next look begins anew.
 * @param {Store} store
 */
export function forgetLog(store) {
  return store.edit('state', [KEPT], () => null);
}

/**
 * @param {LogPorts} ports
 * @param {string} path below /log/
 */
async function readFile({ site, fetch }, path) {
  const response = await fetch(`${site.root}log/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/**
 * The tree of a checkpoint, from the published files; rejects where they can't be had or are not of this tree.
 * @param {LogPorts} ports
 * @param {Checkpoint} checkpoint
 */
export function treeOf(ports, checkpoint) {
  return openTree(async (path) => new Uint8Array(await (await readFile(ports, path)).arrayBuffer()), checkpoint);
}

/**
 * The index of each leaf hash (b64u) in one file of `find/`: a hint, which the tree has to bear out.
 * @param {LogPorts} ports
 * @param {string} shard
 * @returns {Promise<Record<string, number>>}
 */
export async function findIndexes(ports, shard) {
  const response = await ports.fetch(`${ports.site.root}log/find/${shard}.json`);
  if (response.status === 404) return {};
  return response.ok ? response.json() : Promise.reject(new Error(`find: ${response.status}`));
}

/**
 * Looks at the published checkpoint and keeps it where it continues the kept one. Resolves with it and its note, or
 * with null where it is not to be believed (then the kept state has an alarm); rejects where nobody can say: without
 * network, or while files are missing. Silence is no proof against the town.
 * @param {LogPorts} ports
 * @returns {Promise<{ checkpoint: Checkpoint, note: string } | null>}
 */
export async function lookAtLog(ports) {
  const { store, site, verify } = ports;
  const kept = await keptLog(store);
  // Two signed checkpoints that contradict each other do so for ever.
  if (kept && kept.alarm === 'forked') return null;
  const pinned = kept ? kept.vkey : site.log || '';
  const note = await (await readFile(ports, 'checkpoint')).text();
  const key = await parseVkey(pinned);
  const checkpoint = await openCheckpoint(note, key, verify).catch((error) => {
    // Another key has another name perhaps; a page of a captive network is no word of the town's.
    if (pinned === site.log || !note.startsWith(`${(site.log || '').split('+')[0]}\n`)) throw error;
    return null;
  });
  const before = kept && kept.note ? await openCheckpoint(kept.note, key, verify) : null;
  const alarm = await alarmOf(ports, before, checkpoint, pinned);
  /** @type {LogKept} */
  const news = { vkey: pinned, note: alarm ? (kept ? kept.note : '') : note, alarm, other: alarm ? note : '' };
  // Another tab may have gone on in the meantime; then what it keeps stays.
  await store.edit('state', [KEPT], (old) => (!old || (kept && old.note === kept.note && old.vkey === kept.vkey) ? news : undefined));
  return checkpoint && !alarm ? { checkpoint, note } : null;
}

/**
 * @param {LogPorts} ports
 * @param {Checkpoint | null} before
 * @param {Checkpoint | null} after
 * @param {string} pinned
 * @returns {Promise<Alarm | ''>}
 */
async function alarmOf(ports, before, after, pinned) {
  if (!after) return pinned === ports.site.log ? 'unsigned' : 'replaced';
  if (!before || (before.size === after.size && isSame(before.root, after.root))) return '';
  if (after.size < before.size) return 'shrunk';
  if (after.size === before.size) return 'forked';
  // Every tile is checked against the root that the town has signed now: what they say of the past is its word.
  const root = await (await treeOf(ports, after)).rootAt(before.size);
  return isSame(root, before.root) ? '' : 'forked';
}
