// What a page says of an act just made, next to its form: status first, what happens next, and news as they come.
import { nextPlace, sayStanding } from './act_standing.mjs';
import { trail } from './act_trail.mjs';
import { choiceWord, sayOf, statusChip } from './act_view.mjs';
import { onChange } from './changes.mjs';
import { isEarly } from './due.mjs';
import { button, element, focusOn, strongParts } from './elements.mjs';
import { hurryAct } from './outbox.mjs';
import { isSaid, say } from './words.mjs';

/**
 * An act on show; `trouble` is the word for what this phone does not keep, "" where all is well.
 * @typedef {{ store: Store, act: Act, trouble: string }} Shown
 */

/**
 * @param {Page} page
 * @param {Shown} shown
 * @param {() => void} sendAgain
 */
function sheetOf(page, { act, trouble }, sendAgain) {
  if (trouble) {
    // Nothing here may look as if the act were kept.
    return element('div', { class: 'note bad' }, element('p', {}, say(trouble)),
      element('p', { class: 'btns' }, button(say('send.now'), true, sendAgain)));
  }
  const choice = choiceWord(act);
  const isRefused = act.state === 'refused';
  const $sheet = element('div', { class: isRefused ? 'note bad' : 'sheet' }, element('p', { class: 'kind' }, statusChip(act)));
  if (choice && !isRefused) $sheet.append(element('p', {}, ...strongParts(sayOf('voted', act, { choice }))));
  $sheet.append(element('p', {}, sayStanding(act)));
  if (isEarly(act, Date.now() / 1000)) $sheet.append(element('p', { class: 'btns' }, button(say('send.now'), false, sendAgain)));
  $sheet.append(trail(act), element('p', {}, nextPlace(page, act)));
  return $sheet;
}

/**
 * Shows the act, says it aloud, and does both again when something becomes of it.
 * @param {Page} page
 * @param {HTMLElement} $place
 * @param {Shown} shown
 */
export function showAct(page, $place, shown) {
  const sendAgain = async () => {
    await shown.store.edit('acts', [shown.act.id], (old) => old || shown.act);
    await hurryAct(shown.store, shown.act.id);
    if (shown.trouble === 'erased') {
      await shown.store.edit('state', ['site'], () => page.site);
      shown.trouble = '';
      show();
    }
    await page.deliver(true, shown.store);
    await refresh();
  };
  const show = () => {
    const hadFocus = $place.contains(document.activeElement);
    $place.replaceChildren(sheetOf(page, shown, () => void sendAgain().catch(console.error)));
    page.tell(shown.trouble ? say(shown.trouble) : sayStanding(shown.act));
    // The button that was pressed is another now, or gone.
    if (hadFocus) focusOn($place);
    if (shown.act.code && !isSaid('wait.unavailable')) void import(REFUSALS_URL).then(show, console.error);
  };
  const refresh = async () => {
    const { act, store } = shown;
    // Another act has taken the place since, or nothing more will become of this one.
    if (shownAt.get($place) !== shown || act.state !== 'waiting') return;
    const now = await store.get('acts', act.id);
    if (now && (now.state !== act.state || now.code !== act.code || now.notBefore !== act.notBefore)) {
      Object.assign(shown, { act: now, trouble: now.state === 'waiting' ? shown.trouble : '' });
    } else if (!now && !shown.trouble && !(await store.get('state', 'site'))) shown.trouble = 'erased';
    else return;
    show();
  };
  shownAt.set($place, shown);
  onChange(() => void refresh().catch(console.error));
  show();
  // It may have left before this script had come.
  void refresh().catch(console.error);
}

/** @type {WeakMap<HTMLElement, Shown>} */
const shownAt = new WeakMap();
