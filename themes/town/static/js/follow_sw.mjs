// The service worker of those who asked to be told by push, `/suivre.js`. It is told a code and a path, and says the
// sentence of its own words; it keeps no pages and answers no requests.
import { askToFollow, writtenSubscription } from './follow_requests.mjs';
import { openStore } from './outbox_db.mjs';
import { notesOf, readNotes } from './unfinished_notes.mjs';

/** The library only knows workers in general. */
const FOLLOW_WORKER = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** @returns {never} */
function noFollowStore() {
  throw new Error('no database');
}

function openOutbox() {
  return openStore(`preau:${new URL(FOLLOW_WORKER.registration.scope).pathname.replace(/suivre\/push\/$/, '')}`, noFollowStore);
}

/**
 * The sentence to be said, and where it leads: whose vote has not left yet is told so, and who has begun and not sent.
 * @param {string} code
 * @param {string} path
 */
async function tellingOf(code, path) {
  if (code !== 'closing') return { sentence: code, path };
  const store = openOutbox();
  const acts = /** @type {Act[]} */ (await store.all('acts').catch(() => []));
  if (acts.some((act) => act.state === 'waiting' && path.split('/').includes(act.consultation))) return { sentence: 'unsent', path };
  const [begun] = notesOf(await readNotes(store).catch(() => ({})), path);
  return begun ? { sentence: `unfinished.${begun.kind}`, path: begun.page } : { sentence: code, path };
}

/** @param {PushMessageData | null} data */
function readMessage(data) {
  const { code, path, lang } = data ? data.json() : {};
  const isOurs = typeof path === 'string' && /^\/(?!\/)[\w/-]*$/.test(path);
  return { code, path: isOurs ? path : '/', words: PUSH_WORDS[lang] || PUSH_WORDS[Object.keys(PUSH_WORDS)[0]], lang };
}

/** @param {PushMessageData | null} data */
async function showMessage(data) {
  const { code, path, words, lang } = readMessage(data);
  const telling = await tellingOf(code, path);
  // A kind that a module brings no sentence for is spoken of as any.
  const body = words[`push.${telling.sentence}`] || words[`push.${telling.sentence.split('.')[0]}`] || words['push.news'];
  const options = { body, lang, tag: `${code} ${path}`, icon: PUSH_ICON, badge: PUSH_ICON, data: { path: telling.path } };
  await FOLLOW_WORKER.registration.showNotification(TOWN, options);
}

/** @param {string} path */
async function openPath(path) {
  const address = new URL(path, location.origin).href;
  const windows = await FOLLOW_WORKER.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((one) => one.url.split('#')[0] === address.split('#')[0]);
  await (open ? open.focus() : FOLLOW_WORKER.clients.openWindow(address));
}

/**
 * The push service gave this phone another address: the town gets it with all that is followed.
 * @param {any} event
 */
async function renew(event) {
  const store = openOutbox();
  const site = /** @type {Site | undefined} */ (await store.get('state', 'site'));
  const { options } = event.oldSubscription || event.newSubscription || {};
  if (!site || !options) return;
  const given = event.newSubscription || (await FOLLOW_WORKER.registration.pushManager.subscribe(options));
  const doors = { store, site, fetch: self.fetch.bind(self), now: () => Date.now() / 1000 };
  const { body } = await askToFollow(doors, 'followed');
  for (const { about, channel, purposes } of body.follows || []) {
    const wish = { about, purposes, channel, lang: site.lang, subscription: writtenSubscription(given) };
    if (channel === 'push') await askToFollow(doors, 'follow', wish);
  }
}

FOLLOW_WORKER.addEventListener('install', () => void FOLLOW_WORKER.skipWaiting());
FOLLOW_WORKER.addEventListener('push', (event) => event.waitUntil(showMessage(event.data)));
FOLLOW_WORKER.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPath(event.notification.data.path));
});
FOLLOW_WORKER.addEventListener('pushsubscriptionchange', (/** @type {any} */ event) => event.waitUntil(renew(event)));
