// The public log's formats, on the vectors that Python is tested on too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { base64, unbase64 } from '../../themes/town/static/js/base64.mjs';
import { b64u, sha256, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { commitmentTo, entryHash } from '../../themes/town/static/js/log_entry.mjs';
import { fingerprintOf, openCheckpoint, parseVkey } from '../../themes/town/static/js/log_note.mjs';
import { formatProof, parseProof } from '../../themes/town/static/js/log_proof.mjs';
import { openTree, tilePath } from '../../themes/town/static/js/log_tiles.mjs';
import { isIncluded, leafHash, rootOf } from '../../themes/town/static/js/log_tree.mjs';
import { filesOf, verify } from './register.mjs';

const vectors = JSON.parse(readFileSync(new URL('../vectors/log.json', import.meta.url), 'utf8'));
const SIZE = 700;
const entry = async (index) => vectors.entry_of.replace(/<.*>/, b64u(await sha256(utf8(String(index)))));
const leaves = await Promise.all(Array.from({ length: SIZE }, async (_, index) => leafHash(utf8(await entry(index)))));
const rootAt = (size) => unbase64(vectors.roots[size]);

async function treeOf(size, files) {
  const held = files || (await filesOf(leaves.slice(0, size)));
  const read = async (path) => {
    const file = held.get(path);
    if (!file) throw new Error('404');
    return new Uint8Array(file);
  };
  return openTree(read, { origin: '', size, root: rootAt(size) });
}

for (const one of vectors.tiles) {
  test(`the file of tile ${one.level}/${one.index}, ${one.width} wide`, () => {
    assert.equal(tilePath(one.level, one.index, one.width), one.path);
  });
}

test('roots of every size', async () => {
  for (const [size, root] of Object.entries(vectors.roots)) assert.equal(base64(await rootOf(leaves.slice(0, size))), root);
});

test('tiles give the proof of every leaf, and the proof leads to the root', async () => {
  for (const { index, size, proof } of vectors.inclusion) {
    const tree = await treeOf(size);
    assert.deepEqual((await tree.proof(index)).map(base64), proof);
    assert.equal(base64(await tree.leaf(index)), base64(leaves[index]));
    assert.ok(await isIncluded(leaves[index], index, size, rootAt(size), proof.map(unbase64)), `${index} of ${size}`);
  }
});

test('one flipped bit anywhere in a proof, another index or another size is refused', async () => {
  for (const { index, size, proof } of vectors.inclusion.slice(-12)) {
    const hashes = proof.map(unbase64);
    const root = rootAt(size);
    for (const [at, hash] of hashes.entries()) {
      const bent = hash.slice();
      bent[at] ^= 4;
      assert.ok(!(await isIncluded(leaves[index], index, size, root, hashes.map((one, place) => (place === at ? bent : one)))));
    }
    assert.ok(!(await isIncluded(leaves[index], index, size, root, hashes.slice(1))));
    assert.ok(!(await isIncluded(leaves[index], index, size, root, [...hashes, root])));
    assert.ok(!(await isIncluded(leaves[index], (index + 1) % size, size, root, hashes)) || size === 1);
    assert.ok(!(await isIncluded(leaves[index], size, size, root, hashes)));
  }
});

test('a root is no leaf of its own tree', async () => {
  assert.ok(!(await isIncluded(rootAt(2), 0, 2, rootAt(2), [])));
});

test('the tiles of a tree give the root that it had at every smaller size', async () => {
  const tree = await treeOf(SIZE);
  for (const size of Object.keys(vectors.roots)) assert.equal(base64(await tree.rootAt(Number(size))), vectors.roots[size]);
});

test('one flipped bit in any tile is found out', async () => {
  const files = await filesOf(leaves);
  for (const [path, bytes] of files) {
    const bent = new Map(files);
    bent.set(path, Buffer.from(bytes));
    bent.get(path)[(path.length * 7) % bytes.length] ^= 1;
    const all = async () => {
      const tree = await treeOf(SIZE, bent);
      for (const index of [0, 300, SIZE - 1]) await tree.proof(index);
    };
    await assert.rejects(all(), path);
  }
});

test('where a partial tile is gone, the beginning of the full one does', async () => {
  const files = await filesOf(leaves.slice(0, 512));
  files.delete(tilePath(1, 0, 2));
  files.set(tilePath(1, 0, 256), Buffer.concat([(await filesOf(leaves.slice(0, 512))).get(tilePath(1, 0, 2)), Buffer.alloc(254 * 32)]));
  assert.equal(base64(await (await treeOf(512, files)).rootAt(256)), vectors.roots[256]);
});

for (const one of vectors.notes) {
  test(`note ${one.why}`, async () => {
    const checkpoint = await openCheckpoint(one.note, await parseVkey(one.vkey), verify);
    assert.equal(Boolean(checkpoint), one.opens);
    if (checkpoint) assert.equal(base64(checkpoint.root), vectors.roots[checkpoint.size]);
  });
}
for (const one of vectors.malformed) {
  test(`no checkpoint of this log: ${one.why}`, async () => {
    await assert.rejects(openCheckpoint(one.note, await parseVkey(one.vkey), verify));
  });
}

test('a vkey whose id, type or length is wrong is none', async () => {
  for (const text of vectors.bad_vkeys) await assert.rejects(parseVkey(text), text);
});

test('the example of the specification opens', async () => {
  const key = await parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
  const bytes = unbase64('Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=');
  assert.deepEqual(bytes.slice(0, 4), key.id);
  assert.ok(await verify(key.key, bytes.slice(4), utf8('This is an example message.\n')));
});

test('a proof is written and read as the specification says', async () => {
  const { index, extra, text } = vectors.proof;
  const proof = parseProof(text);
  assert.equal(proof.index, index);
  assert.equal(new TextDecoder().decode(proof.extra), extra);
  assert.equal(formatProof(proof), text);
  const checkpoint = await openCheckpoint(proof.note, await parseVkey(vectors.vkey), verify);
  assert.ok(await isIncluded(leaves[index], index, checkpoint.size, checkpoint.root, proof.hashes));
});

test('a proof that would be written otherwise is refused', () => {
  const { text } = vectors.proof;
  const bent = [
    text.replace('@v1', '@v2'), text.replace('index 257', 'index 0257'), text.replace('index 257\n', ''), text.replace('extra ', 'extra'),
    text.replace(/\n[^\n]*=\n/, '\nAAAA\n'), text.replace('\n\n', '\n'), '',
  ];
  for (const one of bent) assert.throws(() => parseProof(one), one.slice(0, 60));
});

test('a commitment opens with its salt, and makes the entry', async () => {
  const { salt, envelope, c } = vectors.commitment;
  assert.equal(await commitmentTo(salt, envelope), c);
  assert.equal(base64(await entryHash(vectors.entry.consultation, vectors.entry.c)), vectors.entry.leaf);
});

test('a fingerprint is read in groups of four', () => {
  const groups = fingerprintOf({ origin: '', size: 0, root: rootAt(0) });
  assert.match(groups, /^e3b0 c442 98fc( [0-9a-f]{4}){13}$/);
});
