// "Mes envois": every act with its trail, and what the citizen can do about it.
import { isPersonAsked, nextPlace, sayStanding } from './act_standing.mjs';
import { trail } from './act_trail.mjs';
import { sayFor, sayOf, statusChip, subjectOf } from './act_view.mjs';
import { headingOf } from './act_heading.mjs';
import { announceChange, onChange } from './changes.mjs';
import { button, element, find, findAll, focusOn, strongParts } from './elements.mjs';
import { isEarly } from './due.mjs';
import { dismissAct, hurryAct, standingActs, withdrawAct } from './outbox.mjs';
import { phaseAt } from './phases.mjs';
import { photosOf } from './act_photos.mjs';
import { isSaid, say, sayDay, sayDeadline, sayNumber } from './words.mjs';

/**
 * What became of the act, counted or missing included.
 * @param {Act} act
 */
function sayOutcome(act) {
  const no = sayNumber(act.no);
  if (act.box && act.state === 'counted') return say('outbox.found.secret', { line: sayNumber(act.line || 0) });
  if (act.state === 'missing') return sayOf('outbox.missing', act, { no });
  if (act.state !== 'counted') return sayStanding(act);
  if (act.hidden) return say('outbox.hidden', { no });
  const when = Date.parse(act.countedAt) / 1000;
  return sayOf('outbox.found', act, { no, number: act.number, day: when ? sayDay(when) : '' });
}

/** @param {Act} act */
function deadline(act) {
  return element('p', {}, ...strongParts(say('outbox.before', { when: sayDeadline(act.closes) })));
}

/**
 * How far the photos of an act are, nothing where it brings none.
 * @param {Act} act
 */
function photoLines(act) {
  const n = photosOf(act).length;
  const met = Object.values(act.photos || {});
  const done = met.filter((one) => one === 'sent').length;
  const lines = n ? [say(done === n ? 'outbox.photos.sent' : 'outbox.photos', { done, n })] : [];
  if (met.length > done) lines.push(say('outbox.photos.refused', { n: met.length - done }));
  return lines.map((text) => element('p', {}, text));
}

/**
 * What the part that is loaded with the first receipt adds to a sheet (proofs_asset.mjs).
 * @type {{ loading?: Promise<unknown>, of?: (act: Act) => HTMLElement[] }}
 */
const PROOFS = {};

/** @param {Page} page */
async function loadProofs(page) {
  PROOFS.loading = PROOFS.loading || import(PROOFS_URL);
  await PROOFS.loading;
  if (PROOFS.of) return;
  PROOFS.of = /** @type {any} */ (globalThis).PREAU.startProofs(page);
  await showActs(page);
}

/**
 * Takes an act back, says what that did, and sends what has to be sent.
 * @param {Page} page
 * @param {Act} act
 */
async function takeBack(page, act) {
  const kept = await withdrawAct(page.store, page.site, act, Date.now() / 1000);
  page.tell(kept ? sayStanding(kept.act) : say('unsent'));
  announceChange({ outbox: true });
  if (kept) await page.deliver(true);
}

/**
 * Lets a secret ballot leave before its hour.
 * @param {Page} page
 * @param {Act} act
 */
async function hurry(page, act) {
  await hurryAct(page.store, act.id);
  announceChange({ outbox: true });
  await send(page);
}

/** @param {Page} page */
async function send(page) {
  page.tell(say('outbox.sending'));
  const { left, changed } = await page.deliver(true);
  const acts = /** @type {Act[]} */ (await page.store.all('acts'));
  const isLeft = acts.some((act) => act.state === 'waiting' && !isEarly(act, Date.now() / 1000));
  if (changed) page.tell(say('outbox.sending.done'));
  else if (left) page.tell(say(isLeft ? 'outbox.sending.failed' : 'outbox.sending.hour'));
}

/**
 * @param {Page} page
 * @param {Act} act
 */
function buttons(page, act) {
  const $buttons = element('p', { class: 'btns' });
  const isOpen = ['before', 'open'].includes(phaseAt(act, page.now()));
  const isOwn = act.kind !== 'withdraw' && !act.carried;
  const takeBackNow = () => void takeBack(page, act).catch(console.error);
  if (isEarly(act, Date.now() / 1000)) {
    $buttons.append(button(say('send.now'), true, () => void hurry(page, act).catch(console.error)));
  }
  if (act.state === 'refused') {
    if (isOwn && !act.counts) {
      $buttons.append(element('a', { class: 'btn', href: `${act.page}#reprendre=${act.id}` }, say('outbox.correct')));
    }
    const dismiss = async () => {
      await dismissAct(page.store, act.id);
      announceChange({ outbox: true });
    };
    $buttons.append(button(say('outbox.dismiss'), false, () => void dismiss()));
  } else if (isOpen && act.counts) {
    $buttons.append(element('a', { class: 'btn alt', href: act.page }, sayOf('outbox.change', act, {})));
  }
  if (act.state === 'waiting' && (!act.sent || isOwn)) $buttons.append(button(say('outbox.unsend'), false, takeBackNow));
  else if (act.state !== 'refused' && isOpen && isOwn) {
    $buttons.append(button(sayFor('outbox.withdraw', subjectOf(act)), false, takeBackNow));
  }
  return $buttons;
}

/**
 * @param {Page} page
 * @param {Act} act
 */
function articleOf(page, act) {
  const title = headingOf(act);
  const $title = act.page ? element('a', { href: act.page, dir: 'auto' }, title) : element('span', {}, title);
  const $article = element('article', { class: 'sheet', 'data-act-id': act.id },
    element('p', { class: 'kind' }, element('span', {}, sayOf('outbox.kind', act, {})), ' ', statusChip(act)),
    element('h3', {}, $title), trail(act));
  // What is about something else is titled by that.
  if (act.target && act.body.text) $article.append(element('p', { dir: 'auto' }, String(act.body.text)));
  const $standing = element('p', {}, sayOutcome(act));
  if (!act.counts && act.state === 'counted' && act.number) {
    const address = `${page.site.prefix}/${act.consultation}/${act.number}/`;
    $standing.append(' ', element('a', { href: address }, say('outbox.read')));
  } else if (act.state === 'counted' && act.results) {
    const address = `${page.site.prefix}/${act.consultation}/resultat/`;
    $standing.append(' ', element('a', { href: address }, say('outbox.check')));
  }
  if (isPersonAsked(act)) $standing.append(' ', nextPlace(page, act));
  $article.append($standing, ...photoLines(act));
  if (act.state === 'waiting' && act.closes) $article.append(deadline(act));
  if (act.receipt && PROOFS.of) $article.append(...PROOFS.of(act));
  const $buttons = buttons(page, act);
  if ($buttons.hasChildNodes()) $article.append($buttons);
  return $article;
}

/**
 * Shows the acts of one section; an article that has not changed stays, so that focus and open details do too.
 * @param {Page} page
 * @param {HTMLElement | undefined} $section
 * @param {Act[]} acts
 */
function fillSection(page, $section, acts) {
  if (!$section) return;
  $section.hidden = !acts.length;
  /** @type {Map<string, HTMLElement>} */
  const old = new Map(findAll('[data-act-id]', $section).map(($one) => [$one.dataset.actId || '', $one]));
  for (const act of acts) {
    const $new = articleOf(page, act);
    const $old = old.get(act.id);
    old.delete(act.id);
    $section.append($old && $old.dataset.seen === fingerprint(act) ? $old : $new);
    if ($old && $old.isConnected && $new.isConnected) $old.remove();
    $new.dataset.seen = fingerprint(act);
  }
  for (const $gone of old.values()) $gone.remove();
}

/** @param {Act} act */
function fingerprint(act) {
  return [act.state, act.code, act.sent, Object.values(act.photos || {}), act.number, act.line, act.absent, !PROOFS.of, isSaid('wait.unavailable'), isEarly(act, Date.now() / 1000)].join();
}

/**
 * News must not take the focus from who is on the way through the page: the same control has it again, wherever its
 * article is now; where that is gone, the title is a safe place to go on from.
 * @param {HTMLElement} $focused
 * @param {string} id of the act it belonged to
 */
function refocus($focused, id) {
  if ($focused.isConnected) return $focused.focus();
  const $article = id ? find(`[data-act-id="${id}"]`) : undefined;
  const $same = $article && findAll('a, button, summary', $article).find(($one) => $one.textContent === $focused.textContent);
  const $title = find('h1');
  if ($same) $same.focus();
  else if ($title) focusOn($title);
}

/** @param {Page} page */
async function showActs(page) {
  const acts = standingActs(await page.store.all('acts'));
  const $focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const $article = $focused && /** @type {HTMLElement | null} */ ($focused.closest('[data-act-id]'));
  const id = ($article && $article.dataset.actId) || '';
  const waiting = acts.filter((act) => act.state === 'waiting');
  fillSection(page, find('[data-outbox-waiting]'), waiting);
  fillSection(page, find('[data-outbox-sent]'), acts.filter((act) => act.state !== 'waiting'));
  const $empty = find('[data-outbox-empty]');
  if ($empty) $empty.hidden = acts.length > 0;
  const $copy = find('[data-outbox-copy]');
  if ($copy) $copy.hidden = !acts.length;
  const $tools = find('[data-outbox-tools]');
  if ($tools) $tools.hidden = !waiting.length;
  if ($focused && $focused !== document.body && document.activeElement !== $focused) refocus($focused, id);
  if (acts.some((act) => act.receipt)) await loadProofs(page);
  if (acts.some((act) => act.code) && !isSaid('wait.unavailable')) {
    await import(REFUSALS_URL);
    await showActs(page);
  }
}

/**
 * What most citizens never ask for is loaded when it is; the service worker keeps it for the day without network.
 * @param {string} address
 * @param {'showCode' | 'saveCopy' | 'takeCarried'} way
 * @param {...any} values
 */
async function later(address, way, ...values) {
  await import(address);
  await /** @type {any} */ (globalThis).PREAU[way](...values);
}

/**
 * @param {Page} page
 * @param {HTMLElement} $outbox
 */
function addTools(page, $outbox) {
  const $code = element('section', { 'data-outbox-code': true });
  const code = async () => {
    const acts = standingActs(await page.store.all('acts')).filter((act) => act.state === 'waiting');
    if (!acts.length) return;
    await later(QR_URL, 'showCode', page, $code, acts, 0).catch(() => page.tell(say('outbox.code.failed')));
  };
  const $tools = element('p', { class: 'btns', 'data-outbox-tools': true },
    button(say('outbox.send.try'), false, () => void send(page).catch(console.error)),
    button(say('outbox.code.open'), false, () => void code()));
  $outbox.prepend($tools);
  $outbox.append($code);
  const $export = find('[data-outbox-export]', $outbox);
  if ($export) $export.addEventListener('click', () => void later(CARRY_URL, 'saveCopy', page).catch(console.error));
}

/** @param {Page} page */
async function lookForCarried(page) {
  if (location.hash.startsWith('#porter=')) await later(CARRY_URL, 'takeCarried', page);
}

/** @param {Page} page */
export async function startOutboxPage(page) {
  const $outbox = find('[data-outbox]');
  if (!$outbox) return;
  addTools(page, $outbox);
  await lookForCarried(page).catch(console.error);
  addEventListener('hashchange', () => void lookForCarried(page).catch(console.error));
  onChange(({ outbox }) => {
    // Not `void (outbox && …)`: the minifier drops that whole.
    if (outbox) void showActs(page).catch(console.error);
  });
  await showActs(page);
}
