// The whole recount of a consultation on this phone: log, ballots, totals. `civic/` and `preau verify` do the same.
import { b64u, sha256, utf8 } from './canonical.mjs';
import { newKeyRing, openBallot } from './recount_ballots.mjs';
import { bundlePath, bundlesOf, isNoteSigned, newRoot, parseBundle, parseNote } from './recount_log.mjs';
import { newStanding } from './standing.mjs';

const CHUNK = 100;
const ACT = /^(?:(env)|ballot)$/; // entries of acts; those of the second kind are secret
export const MOST_BALLOTS = 10000;

/** What can't be recounted here, or is false: `word` names the sentence (recount.<word>). */
export class RecountStop extends Error {
  /**
   * @param {string} word
   * @param {boolean} isFalse whether somebody lied, or the phone just can't tell
   */
  constructor(word, isFalse) {
    super(word);
    this.word = word;
    this.isFalse = isFalse;
  }
}

/**
 * @param {RecountPorts} ports
 * @param {string} path
 */
async function required(ports, path) {
  const data = await ports.read(path);
  if (!data) throw new RecountStop('missing', false);
  return data;
}

/** @param {Uint8Array} data */
function text(data) {
  return new TextDecoder('utf-8', { fatal: true }).decode(data);
}

/**
 * What the log holds of the consultation, once its entries give the root that is signed.
 * @param {RecountPorts} ports
 * @param {string} slug
 */
async function readLog(ports, slug) {
  const note = parseNote(text(await required(ports, 'log/checkpoint')));
  const isSigned = await isNoteSigned(note, text(await required(ports, 'log/vkey')));
  if (isSigned === false) throw new RecountStop('log.false', true);
  const root = newRoot();
  /** @type {HeldByLog} */
  const held = { acts: [], rights: 0, rules: new Set(), erased: new Set(), closed: '', isSigned: Boolean(isSigned) };
  let index = 0;
  for (const one of bundlesOf(note.size)) {
    const data = await required(ports, `log/${bundlePath(one.index, one.width)}`);
    const entries = parseBundle(data, one.width);
    await root.add(entries);
    for (const entry of entries) takeEntry(held, JSON.parse(text(entry)), index++, slug);
    ports.progress('log', index, note.size);
  }
  if ((await root.value()) !== note.root) throw new RecountStop('log.false', true);
  return held;
}

/**
 * @param {HeldByLog} held
 * @param {any} entry
 * @param {number} index
 * @param {string} slug
 */
function takeEntry(held, entry, index, slug) {
  if (entry.k === 'erase') held.erased.add(entry.i);
  if (entry.a !== slug) return;
  const match = ACT.exec(entry.k);
  if (match) held.acts.push({ i: index, c: entry.c, secret: !match[1] });
  if (entry.k === 'issue') held.rights++;
  if (entry.k === 'manifest') held.rules.add(entry.c);
  if (entry.k === 'close') held.closed = entry.c;
}

/**
 * The rows of the file, rules apart; each act of the log must be spoken of once, in order.
 * @param {string} file
 * @param {HeldByLog} held
 */
function matchRows(file, held) {
  const lines = file.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const rows = lines.filter((line) => !('rules' in line));
  const gone = held.acts.filter((one) => held.erased.has(one.i));
  const acts = held.acts.filter((one) => !held.erased.has(one.i));
  const isWhole = rows.length === acts.length && rows.every((row, at) => row.i === acts[at].i && !row.no === acts[at].secret);
  if (!isWhole) throw new RecountStop('rows.false', true);
  const pairs = rows.map((row, at) => ({ row, c: acts[at].c })).filter((one) => !('withheld' in one.row));
  if (pairs.length > MOST_BALLOTS) throw new RecountStop('many', false);
  return { pairs, withheld: rows.length - pairs.length, erased: gone.length };
}

/**
 * @param {RecountPorts} ports
 * @param {{ row: BallotRow, c: string }[]} pairs
 * @param {Scope} scope
 */
async function countBallots(ports, pairs, scope) {
  const standing = newStanding();
  const keyOf = newKeyRing();
  const forms = new Set();
  const phones = new Set();
  for (let start = 0; start < pairs.length; start += CHUNK) {
    const chunk = pairs.slice(start, start + CHUNK);
    const opened = await Promise.all(chunk.map(({ row }) => openBallot(row, scope, keyOf).catch(() => null)));
    opened.forEach((one, at) => {
      if (!one || one.c !== chunk[at].c) throw new RecountStop('rows.false', true);
      (chunk[at].row.u ? forms : phones).add(one.signer);
      standing.take(one.counted);
    });
    ports.progress('ballots', Math.min(start + CHUNK, pairs.length), pairs.length);
  }
  // A server that calls a citizen's acts unsigned would make many voters of one.
  if ([...forms].some((one) => phones.has(one))) throw new RecountStop('rows.false', true);
  return standing.figures();
}

/**
 * The versions of the rules before the newest, of those that acts were made under; each must be in the log.
 * @param {string} file
 * @param {HeldByLog} held
 * @param {string} newest
 */
async function earlierRules(file, held, newest) {
  const texts = file.split('\n').filter((line) => line.includes('"rules"')).map((line) => JSON.parse(line).rules).filter(Boolean);
  const hashes = await Promise.all(texts.map(async (one) => b64u(await sha256(utf8(one)))));
  if (hashes.some((one) => !held.rules.has(one))) throw new RecountStop('rules.false', true);
  return texts.filter((one) => one !== newest).map((one) => JSON.parse(one));
}

/**
 * Published and counted figures side by side, as the modules of the consultation make them of its standing acts.
 * @param {RecountPorts} ports
 * @param {Omit<Recounted, 'totals' | 'acts'>} told
 * @param {ReturnType<ReturnType<typeof newStanding>['figures']>} figures
 */
async function compare(ports, told, figures) {
  const names = /** @type {const} */ (['ballots', 'voters', 'unsigned']);
  /** @type {RecountLine[]} */
  const lines = names.map((name) => ({ head: ports.say(`recount.${name}`), published: told.results[name], counted: figures[name] }));
  const tools = { ...ports, slotId, refuse };
  for (const name of told.rules.modules) {
    const counter = ports.counters[name];
    const found = counter ? await counter({ ...told, acts: figures.acts, totals: figures.items }, tools) : [];
    if (!found) throw new RecountStop('kind', false);
    lines.push(...found);
  }
  return { lines, isSame: lines.every((one) => one.published === one.counted) };
}

/** @returns {never} */
function refuse() {
  throw new RecountStop('rows.false', true);
}

/**
 * The id of a slot that `value` names: 16 bytes of its hash, its keys in order.
 * @param {Record<string, string>} value
 */
async function slotId(value) {
  return b64u((await sha256(utf8(JSON.stringify(value)))).slice(0, 16));
}

/**
 * Recounts the consultation `slug`; throws RecountStop where it can't, or where something is false.
 * @param {RecountPorts} ports
 * @param {string} space
 * @param {string} slug
 */
export async function recount(ports, space, slug) {
  const data = `${slug}/donnees/`;
  const results = await required(ports, `${data}results.json`);
  const manifest = await required(ports, `${slug}/manifest.json`);
  const rules = JSON.parse(text(manifest));
  const isKnown = ['open', 'named'].includes(rules.mode) && rules.modules.every((/** @type {string} */ one) => one in ports.counters);
  if (!isKnown) throw new RecountStop('kind', false);
  const published = JSON.parse(text(results));
  if (!rules.publish_rows) throw new RecountStop('unpublished', false);
  if (published.voters < rules.k_min) throw new RecountStop('few', false);
  const file = await required(ports, `${data}rows.jsonl`);
  const held = await readLog(ports, slug);
  if (!held.rules.has(b64u(await sha256(manifest)))) throw new RecountStop('rules.false', true);
  if (held.closed && held.closed !== b64u(await sha256(results))) throw new RecountStop('close.false', true);
  const { pairs, withheld, erased } = matchRows(text(file), held);
  const issuers = (rules.keys || {}).issuer || {};
  const scope = { space, slug, rules: held.rules, isNamed: rules.mode === 'named', issuers };
  const figures = await countBallots(ports, pairs, scope);
  if (figures.rights > held.rights) throw new RecountStop('rights.false', true);
  const newest = text(manifest);
  const told = { slug, rules, results: published, earlier: await earlierRules(text(file), held, newest) };
  return { ...(await compare(ports, told, figures)), acts: pairs.length, withheld, erased, isClosed: Boolean(held.closed), isSigned: held.isSigned };
}

