// A question that is answered in secret: what holds on this phone, the button that prepares a ballot, and the ballot, which
// only who has the right to it is shown. The words are in the page.
import { hearChange, onChange } from './changes.mjs';
import { find, findAll, focusOn } from './elements.mjs';
import { isEnough } from './grants.mjs';
import { getRight, NoRight, ownRight } from './rights.mjs';
import { sayMoment } from './words.mjs';

const SAID = /** @type {Record<string, string>} */ ({ revoked: 'gone', unknown_key: 'gone' });

/**
 * @param {HTMLElement} $box
 * @returns {SecretQuestion}
 */
function scopeOf({ dataset }) {
  return { consultation: dataset.consultation || '', question: dataset.question || '', mh: dataset.mh || '' };
}

/**
 * The one thing to say of the right to this question.
 * @param {Page} page
 * @param {HTMLElement} $box
 * @param {{ right?: Right, lost: boolean }} own
 */
async function standingOf(page, $box, { right, lost }) {
  if (lost) return 'broken';
  if (right && (right.token || right.refused)) return right.token ? 'ready' : 'elsewhere';
  const person = await page.store.get('state', 'person');
  if (!isEnough(person, $box.dataset.assurance)) return 'unknown';
  return page.store.lasting ? 'unready' : 'unable';
}

/**
 * Hands the right to the ballot of its question; whether it has become somebody else's.
 * @param {SecretQuestion} scope
 * @param {Right | undefined} right usable
 */
function fitBallot({ consultation, question }, right) {
  const signer = right ? right.name : '';
  let isOther = false;
  for (const $one of findAll(`[data-mode=secret][data-consultation="${consultation}"][data-question="${question}"]`)) {
    isOther = isOther || ($one.dataset.signer || '') !== signer;
    Object.assign($one.dataset, { signer, token: right ? JSON.stringify(right.token) : '', fetched: String((right && right.fetched) || 0) });
    if ($one instanceof HTMLFormElement) $one.hidden = !right;
  }
  return isOther;
}

/**
 * @param {Page} page
 * @param {HTMLElement} $box
 */
async function refreshBox(page, $box) {
  const scope = scopeOf($box);
  const own = await ownRight(page, scope);
  const standing = await standingOf(page, $box, own);
  for (const $one of findAll('[data-right]', $box)) $one.hidden = $one.dataset.right !== standing;
  for (const $when of findAll('[data-fetched]', $box)) $when.textContent = sayMoment((own.right && own.right.fetched) || 0);
  if (fitBallot(scope, standing === 'ready' ? own.right : undefined)) hearChange({ outbox: true });
  return standing;
}

/**
 * Says why there is no right, "" where there is nothing to say.
 * @param {HTMLElement} $box
 * @param {string} code
 */
function explain($box, code) {
  const notes = findAll('[data-why]', $box);
  const isKnown = notes.some(($one) => $one.dataset.why === code);
  for (const $one of notes) $one.hidden = $one.dataset.why !== (isKnown || !code ? code : 'failed');
}

/**
 * @param {Page} page
 * @param {HTMLElement} $box
 */
async function prepare(page, $box) {
  explain($box, '');
  page.tell(find('[data-wait]', $box).textContent || '');
  if (navigator.storage && navigator.storage.persist) void navigator.storage.persist();
  const doors = { site: page.site, store: page.store, now: page.now, fetch: window.fetch.bind(window) };
  const why = await getRight(doors, scopeOf($box)).then(() => '', (error) => {
    if (!(error instanceof NoRight)) console.error(error);
    return error instanceof NoRight ? SAID[error.message] || error.message : 'failed';
  });
  const standing = await refreshBox(page, $box);
  explain($box, standing === 'unready' ? why : '');
  const $said = [...findAll('[data-why]', $box), ...findAll('[data-right]', $box)].filter(($one) => !$one.hidden);
  page.tell(($said[0].textContent || '').trim());
  focusOn($said[0]);
}

/** @param {Page} page */
export async function startSecret(page) {
  const boxes = findAll('[data-secret]');
  for (const $box of boxes) {
    const $prepare = find('[data-prepare]', $box);
    $prepare.addEventListener('click', () => {
      if ($box.dataset.busy) return;
      $box.dataset.busy = '1';
      void prepare(page, $box).catch(console.error).finally(() => delete $box.dataset.busy);
    });
  }
  const refresh = async () => {
    for (const $box of boxes) await refreshBox(page, $box);
  };
  onChange(({ outbox }) => {
    if (outbox) void refresh().catch(console.error);
  });
  await refresh();
}
