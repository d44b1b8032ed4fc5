// Signed notes and the checkpoints in them (C2SP signed-note, tlog-checkpoint). Twin of civic/log/note.py, checkpoint.py.
import { unbase64 } from './base64.mjs';
import { sha256, utf8 } from './canonical.mjs';
import { isSame } from './log_tree.mjs';

const ED25519 = 1;
const VKEY = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/;
const SIGNATURE = /^— ([^\s+]+) (\S+)$/;
const SIZE = /^(?:0|[1-9]\d{0,14})$/;

/**
 * Throws unless `text` is the vkey of an Ed25519 key.
 * @param {string} text
 * @returns {Promise<LogKey>}
 */
export async function parseVkey(text) {
  const [, name, id, rest] = VKEY.exec(text) || [];
  const key = unbase64(rest);
  const hash = await sha256(Uint8Array.from([...utf8(`${name}\n`), ...key]));
  const own = [...hash.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (key[0] !== ED25519 || key.length !== 33 || own !== id) throw new Error('not a vkey');
  return { name, id: hash.subarray(0, 4), key: key.subarray(1) };
}

/**
 * The checkpoint in a note, or null where the key has not signed it; throws where the text is no note of a checkpoint
 * of this log. `verify` says whether an Ed25519 signature checks.
 * @param {string} note
 * @param {LogKey} key
 * @param {Verify} verify
 * @returns {Promise<Checkpoint | null>}
 */
export async function openCheckpoint(note, key, verify) {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== key.name) throw new Error('of another log');
  let isSigned = false;
  for (const line of note.slice(end + 1).split('\n').slice(0, -1)) {
    const [, name, rest] = SIGNATURE.exec(line) || [];
    const bytes = unbase64(rest);
    // Others (witnesses, newer kinds) are passed over, as the specification says.
    if (name !== key.name || !isSame(bytes.subarray(0, 4), key.id)) continue;
    if (bytes.length !== 68 || !(await verify(key.key, bytes.subarray(4), utf8(text)))) return null;
    isSigned = true;
  }
  return isSigned ? checkpoint : null;
}

/**
 * @param {string} text
 * @returns {Checkpoint}
 */
export function parseCheckpoint(text) {
  const [origin, size, root, ...rest] = text.split('\n');
  const hash = unbase64(root || '-');
  const isWhole = rest.pop() === '' && rest.every((line) => line !== '');
  if (!origin || !SIZE.test(size) || hash.length !== 32 || !isWhole) throw new Error('not a checkpoint');
  return { origin, size: Number(size), root: hash };
}

/**
 * The fingerprint of a checkpoint, to be read aloud and compared: its root in hexadecimal, in groups of four.
 * @param {Checkpoint} checkpoint
 */
export function fingerprintOf(checkpoint) {
  const digits = [...checkpoint.root].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return (digits.match(/.{4}/g) || []).join(' ');
}

