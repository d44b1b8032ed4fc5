// Push on this phone: a service worker of its own (follow_sw.mjs), which only those have who ask to be told.
import { unb64u } from './canonical.mjs';
import { writtenSubscription } from './follow_requests.mjs';

const PATIENCE = 20000; // a browser that reaches no push service may never answer

/**
 * Why this browser takes no push, or "" where it does. `home`: an iPhone's, once the site is on the home screen.
 * @returns {'' | 'home' | 'push' | 'denied'}
 */
export function whyNoPush() {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    return 'standalone' in navigator && !(/** @type {any} */ (navigator).standalone) ? 'home' : 'push';
  }
  return Notification.permission === 'denied' ? 'denied' : '';
}

/**
 * Under Trusted Types only this address may become this worker.
 * @param {string} address
 * @returns {any}
 */
function followWorkerAddress(address) {
  const types = /** @type {any} */ (window).trustedTypes;
  if (!types) return address;
  FOLLOWING.policy = FOLLOWING.policy || types.createPolicy('suivre', {
    createScriptURL: (/** @type {string} */ url) => {
      if (url !== address) throw new TypeError(url);
      return url;
    },
  });
  return FOLLOWING.policy.createScriptURL(address);
}

/** @type {{ policy?: any }} a policy is made once */
const FOLLOWING = {};

/** @param {ServiceWorkerRegistration} registration */
function activated(registration) {
  const worker = registration.installing || registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((resolve) => worker.addEventListener('statechange', () => worker.state === 'activated' && resolve(undefined)));
}

/**
 * Asks the owner of the phone, then its push service. Call it from a tap: browsers ask at no other time. Rejects where
 * one of both says no, with the reason as its message.
 * @param {Site} site
 * @param {string} key the town's public key, base64url
 */
export async function subscribeToPush(site, key) {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied');
  const address = followWorkerAddress(`${site.root}suivre.js`);
  const registration = await navigator.serviceWorker.register(address, { scope: `${site.root}suivre/push/`, updateViaCache: 'none' });
  await activated(registration);
  const { pushManager } = registration;
  const options = { userVisibleOnly: true, applicationServerKey: unb64u(key) };
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('push')), PATIENCE));
  const subscribe = async () => {
    // One that was made for another key of the town tells nothing any more.
    const known = await pushManager.getSubscription();
    return pushManager.subscribe(options).catch(async (error) => {
      if (!known) throw error;
      await known.unsubscribe();
      return pushManager.subscribe(options);
    });
  };
  return writtenSubscription(await Promise.race([subscribe(), late]).catch(() => Promise.reject(new Error('push'))));
}

/**
 * Nothing is pushed to this phone any more: the worker goes.
 * @param {Site} site
 */
export async function leavePush(site) {
  const registration = await navigator.serviceWorker?.getRegistration(`${site.root}suivre/push/`);
  if (!registration || !registration.scope.endsWith('/suivre/push/')) return;
  const known = await registration.pushManager?.getSubscription();
  if (known) await known.unsubscribe().catch(() => {});
  await registration.unregister();
}
