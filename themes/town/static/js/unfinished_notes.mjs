// Where something was begun and not sent: a note for each, in the table `state` under `unfinished`, and never what was written.

export const KEPT_AS = 'preau:words:'; // what was written lies in localStorage, under this and the rest of the note's key
const NOTED_AS = 'unfinished';

/**
 * @param {Store} store
 * @returns {Promise<Record<string, UnfinishedNote>>} by key
 */
export async function readNotes(store) {
  return (await store.get('state', NOTED_AS)) || {};
}

/**
 * Puts a note where there is none yet.
 * @param {Store} store
 * @param {string} key
 * @param {UnfinishedNote} note
 */
export function putNote(store, key, note) {
  return store.edit('state', [NOTED_AS], (old) => (old && old[key] ? undefined : { ...old, [key]: note }));
}

/**
 * @param {Store} store
 * @param {string} key
 */
export function dropNote(store, key) {
  return store.edit('state', [NOTED_AS], (old) => {
    if (!old || !old[key]) return undefined;
    const { [key]: _, ...others } = old;
    return others;
  });
}

/**
 * What is begun in the consultation of a page, the newest first.
 * @param {Record<string, UnfinishedNote>} notes
 * @param {string} path of a page
 */
export function notesOf(notes, path) {
  const parts = path.split('/');
  return Object.values(notes).filter((note) => parts.includes(note.consultation)).sort((one, other) => other.at - one.at);
}
