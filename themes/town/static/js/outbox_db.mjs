// The only file that knows IndexedDB. A value counts as saved when its transaction is complete, never before.

const SCHEMA = 1;

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, SCHEMA);
    request.onupgradeneeded = () => {
      for (const table of ['acts', 'keys', 'state']) request.result.createObjectStore(table);
    };
    request.onsuccess = () => {
      // Another tab with a newer schema must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/**
 * @param {IDBTransaction} transaction
 * @param {() => any} result
 */
function completed(transaction, result) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(result());
    transaction.onabort = transaction.onerror = () => reject(transaction.error || new Error('aborted'));
  });
}

/**
 * @param {IDBDatabase} database
 * @param {Table} table
 * @param {(objects: IDBObjectStore) => IDBRequest} ask
 */
function read(database, table, ask) {
  const transaction = database.transaction(table);
  const request = ask(transaction.objectStore(table));
  return completed(transaction, () => request.result);
}

/**
 * @param {IDBDatabase} database
 * @param {Table} table
 * @param {string[]} keys
 * @param {(old: any, key: string) => any} change
 */
function write(database, table, keys, change) {
  const transaction = database.transaction(table, 'readwrite', { durability: 'strict' });
  const objects = transaction.objectStore(table);
  /** @type {any[]} */
  const held = [];
  keys.forEach((key, index) => {
    const request = objects.get(key);
    request.onsuccess = () => {
      const value = change(request.result, key);
      held[index] = value === undefined ? request.result : value === null ? undefined : value;
      // A put that throws (a key that can't be cloned on some iPhones) aborts the transaction: see completed().
      if (value === null) objects.delete(key);
      else if (value !== undefined) objects.put(value, key);
    };
  });
  return completed(transaction, () => held);
}

/**
 * A store that opens its database at first use. Where there is none (private browsing), what `makeSpare` gives takes
 * its place and `lasting` says so.
 * @param {string} databaseName
 * @param {() => Store} makeSpare
 * @returns {Store}
 */
export function openStore(databaseName, makeSpare) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let opening;
  /** @type {Store | undefined} */
  let spare;

  /**
   * @param {(database: IDBDatabase) => Promise<any>} work
   * @param {'all' | 'get' | 'edit'} name
   * @param {any[]} values
   */
  async function run(work, name, ...values) {
    for (let turn = 0; ; turn += 1) {
      // @ts-ignore the three take what they were called with
      if (spare) return spare[name](...values);
      try {
        opening = opening || openDatabase(databaseName);
        const database = await opening.catch(() => null);
        if (database) return await work(database);
      } catch (error) {
        // Safari loses its connection when the phone sleeps: open once more, then give up.
        if (turn) throw error;
      }
      opening = undefined;
      if (turn) {
        spare = makeSpare();
        store.lasting = false;
      }
    }
  }

  /** @type {Store} */
  const store = {
    lasting: true,
    all: (table) => run((database) => read(database, table, (objects) => objects.getAll()), 'all', table),
    get: (table, key) => run((database) => read(database, table, (objects) => objects.get(key)), 'get', table, key),
    edit: (table, keys, change) => run((database) => write(database, table, keys, change), 'edit', table, keys, change),
  };
  return store;
}
