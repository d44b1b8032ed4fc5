// The store of last resort: lives as long as the page. Also what the tests use in the place of IndexedDB.

/** @returns {Store} */
export function memoryStore() {
  /** @type {Record<Table, Map<string, any>>} */
  const tables = { acts: new Map(), keys: new Map(), state: new Map() };
  return {
    lasting: false,
    all: async (table) => [...tables[table].values()],
    get: async (table, key) => tables[table].get(key),
    edit: async (table, keys, change) => {
      for (const key of keys) {
        const value = change(tables[table].get(key), key);
        if (value === null) tables[table].delete(key);
        else if (value !== undefined) tables[table].set(key, value);
      }
      return keys.map((key) => tables[table].get(key));
    },
  };
}

/**
 * A memory store that begins with what can still be read of another: a full phone reads, but does not write.
 * @param {Store} store
 * @param {string} signer name of the key that is needed too
 */
export async function spareStore(store, signer) {
  const spare = memoryStore();
  const acts = await store.all('acts').catch(() => []);
  await spare.edit('acts', acts.map((act) => act.id), (_, id) => acts.find((act) => act.id === id));
  for (const name of new Set([signer, ...acts.map((act) => act.signer || act.consultation)])) {
    const kept = await store.get('keys', name).catch(() => undefined);
    await spare.edit('keys', [name], () => kept);
  }
  const photos = await store.get('state', 'photos').catch(() => undefined);
  await spare.edit('state', ['photos'], () => photos);
  return spare;
}
