// Passing a page on: what a phone can do besides the plain link and the mail. Nobody else learns of it.
import { find } from './elements.mjs';

/** @param {Page} page */
export function startShare(page) {
  const $share = find('[data-share]');
  if (!$share) return;
  const url = find('a[rel=bookmark]', $share).getAttribute('href') || '';
  /** @type {(selector: string, isAble: unknown, act: () => Promise<unknown>) => void} */
  const offer = (selector, isAble, act) => {
    const $button = find(selector, $share);
    $button.hidden = !isAble;
    // Refused, or thought better of: the address stands beside.
    $button.addEventListener('click', () => void act().catch(() => {}));
  };
  offer('[data-copy]', navigator.clipboard, async () => {
    await navigator.clipboard.writeText(url);
    page.tell($share.dataset.copied || '');
    find('[data-copy]', $share).textContent = $share.dataset.copied || '';
  });
  offer('[data-send]', navigator.share, () => navigator.share({ title: $share.dataset.share, url }));
}
