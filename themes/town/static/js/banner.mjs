// One banner at most, the most urgent: closing with unsent acts, no network, acts waiting, a newer page (ux.md §4).
import { standingActs } from './outbox.mjs';
import { onChange } from './changes.mjs';
import { element, find, findAll, strongParts } from './elements.mjs';
import { isSaid, isSameDay, say, sayCount, sayDeadline, sayHour, sayMoment } from './words.mjs';

const SOON = 48 * 3600;
const SETTLING = 3000; // an act that is just leaving is no news

/** When the service worker took the copy that is shown; 0 for a page from the network. */
function copyTime() {
  const $meta = document.querySelector('meta[name=preau-copy]');
  return $meta instanceof HTMLMetaElement ? Number($meta.content) : 0;
}

/**
 * @param {number} closes
 * @param {number} now
 */
function closingTime(closes, now) {
  if (!isSameDay(closes, now)) return sayDeadline(closes);
  const isEvening = new Date(closes * 1000).getHours() >= 18;
  return say(isEvening ? 'tonight' : 'today', { hour: sayHour(closes) });
}

/**
 * @param {Page} page
 * @param {Act[]} waiting
 * @param {boolean} isChanged
 * @returns {[string, string, string, string] | null} class, text, address and words of a link
 */
function bannerFor(page, waiting, isChanged) {
  const now = page.now();
  const outbox = `${page.site.prefix}/mes-envois/`;
  const [closing] = waiting
    .filter((act) => act.closes > now && act.closes - now < SOON)
    .sort((one, other) => one.closes - other.closes);
  if (closing) {
    const when = closingTime(closing.closes, now);
    const own = `closing.${closing.kind}`;
    return ['note', sayCount(isSaid(`${own}.other`) ? own : 'closing', waiting.length, { when }), outbox, say('outbox')];
  }
  const copied = copyTime();
  // A newer version can only have come over the network: then the copy is no longer the news.
  if (navigator.onLine === false || (copied && !isChanged)) {
    const kinds = findAll('form[data-act]:not([data-mode=secret])').map(($form) => `offline.${$form.dataset.act}`);
    const isOutbox = Boolean(find('[data-outbox]'));
    const text = [
      say(navigator.onLine === false ? 'offline' : 'slow'),
      isOutbox && waiting.length ? sayCount('offline.waiting', waiting.length) : '',
      copied && !isOutbox ? say('offline.copy', { when: sayMoment(copied) }) : '',
      kinds.length ? say(kinds.find(isSaid) || 'offline.write') : '',
    ];
    return ['note off', text.filter(Boolean).join(' '), '', ''];
  }
  if (waiting.length && !find('[data-outbox]')) return ['note', sayCount('waiting', waiting.length), outbox, say('outbox')];
  return isChanged ? ['note', say('changed'), location.pathname, say('changed.read')] : null;
}

/** @param {Page} page */
export function startBanner(page) {
  const $slot = find('[data-banner]');
  let isChanged = false;
  const refresh = async () => {
    const acts = /** @type {Act[]} */ (await page.store.all('acts'));
    const waiting = standingActs(acts).filter((act) => act.state === 'waiting');
    showCount(waiting.length);
    if (!$slot) return;
    const banner = bannerFor(page, waiting, isChanged);
    if (!banner) return $slot.replaceChildren();
    const [shape, text, address, words] = banner;
    const $text = element('p', {}, ...strongParts(text));
    if (address) $text.append(' ', element('a', { href: address }, words));
    $slot.replaceChildren(element('div', { class: shape }, $text));
  };
  let timer = 0;
  onChange((change) => {
    if (change.page === location.pathname) isChanged = true;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh().catch(console.error), change.page ? 0 : SETTLING);
  });
  addEventListener('online', () => void refresh());
  addEventListener('offline', () => void refresh());
  return refresh();
}

/** @param {number} n */
function showCount(n) {
  for (const $count of findAll('[data-outbox-count]')) {
    $count.hidden = !n;
    $count.replaceChildren(String(n), element('span', { class: 'vh' }, ` ${say('badge')}`));
  }
  if ('setAppBadge' in navigator) void (n ? navigator.setAppBadge(n) : navigator.clearAppBadge()).catch(() => {});
}
