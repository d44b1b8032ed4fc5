// A separate asset: only a phone with photos to send runs it, in a page or in the service worker.
import { sendPhotos } from './photo_sending.mjs';
import { backOff, underFlushLock } from './sync.mjs';

const NEXT = { failures: 0, timer: 0 };

/**
 * Sends the photos that are left; in a page again and again, until none is.
 * @param {Ports} ports
 * @param {boolean} isAgain
 */
async function followActs(ports, isAgain) {
  const { left, changed } = await underFlushLock(() => sendPhotos(ports), 'preau-photos');
  NEXT.failures = left && !changed ? NEXT.failures + 1 : 0;
  clearTimeout(NEXT.timer);
  const again = () => void followActs(ports, isAgain).catch(console.error);
  if (left && isAgain) NEXT.timer = setTimeout(again, backOff(NEXT.failures, ports.random) * 1000);
  return left;
}

/** @type {any} */ (globalThis).PREAU.followActs = followActs;
