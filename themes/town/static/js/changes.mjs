// Word that the outbox or a page has changed, between page, other tabs and service worker.

/** @type {{ channel?: BroadcastChannel }} */
const LINE = {};
/** @type {((change: Change) => void)[]} */
const LISTENERS = [];

/** @param {Change} change */
export function hearChange(change) {
  for (const listener of LISTENERS) listener(change);
}

function line() {
  if (!LINE.channel && typeof BroadcastChannel !== 'undefined') {
    LINE.channel = new BroadcastChannel('preau');
    LINE.channel.onmessage = (event) => hearChange(event.data);
  }
  return LINE.channel;
}

/** @param {(change: Change) => void} listener */
export function onChange(listener) {
  line();
  LISTENERS.push(listener);
}

/** @param {Change} change */
export function announceChange(change) {
  hearChange(change);
  const channel = line();
  if (channel) channel.postMessage(change);
}
