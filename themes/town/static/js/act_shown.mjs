// What a page does of an act just made: it is shown next to its form, and sent.
import { sayOf, statusChip } from './act_view.mjs';
import { announceChange } from './changes.mjs';
import { registerFlush } from './delivery.mjs';
import { element, find } from './elements.mjs';
import { pressed } from './pressed.mjs';
import { say } from './words.mjs';

/**
 * Where the form says what became of the act.
 * @param {HTMLFormElement} $form
 */
export function statusPlace($form) {
  const $own = find('[data-form-status]', $form);
  if ($own) return $own;
  const $made = element('div', { 'data-form-status': true });
  $form.append($made);
  return $made;
}

/**
 * What can be said where the rest can't come: an act that is kept leaves all the same.
 * @param {Page} page
 * @param {HTMLElement} $place
 * @param {{ act: Act, trouble: string }} shown
 */
function showPlainly(page, $place, { act, trouble }) {
  const text = trouble ? say(trouble) : sayOf('kept', act, {});
  $place.replaceChildren(element('div', { class: 'sheet' }, ...(trouble ? [] : [statusChip(act)]), element('p', {}, text)));
  page.tell(text);
}

/**
 * Shows what was stored, and sends it.
 * @param {Page} page
 * @param {HTMLFormElement} $form
 * @param {{ store: Store, act: Act, lasting: boolean }} kept
 */
export async function showAndSend(page, $form, { store, act, lasting }) {
  const shown = { store, act, trouble: lasting ? '' : 'unkept' };
  void pressed().then(({ showAct }) => showAct, () => showPlainly).then((show) => show(page, statusPlace($form), shown));
  announceChange({ outbox: true });
  if (lasting) void registerFlush(act.id);
  if (navigator.storage && navigator.storage.persist) void navigator.storage.persist();
  await page.deliver(true, store);
}
