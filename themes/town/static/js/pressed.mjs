// What is said once a form was pressed: what is wrong with it, and what becomes of its act. It comes when somebody
// reaches for a form, which most who read a page never do. Where it can't come, less is said, and nothing is lost.
import { element, find, findAll } from './elements.mjs';

/** @returns {Promise<{ showFaults: typeof import('./form_faults.mjs').showFaults, showAct: typeof import('./act_sheet.mjs').showAct }>} */
export async function pressed() {
  await import(PRESSED_URL);
  return /** @type {any} */ (globalThis).PREAU;
}

/** @param {HTMLFormElement} $form */
export function expectPress($form) {
  $form.addEventListener('focusin', () => void pressed().catch(() => {}), { once: true });
}

/**
 * @param {HTMLFormElement} $form
 * @param {FormFault[]} faults none: what was said of it before goes
 */
export async function sayFaults($form, faults) {
  try {
    (await pressed()).showFaults($form, faults);
  } catch {
    for (const $old of findAll('[data-faults]', $form)) $old.remove();
    if (faults.length) $form.prepend(element('div', { class: 'note bad', 'data-faults': true }, ...faults.map(({ text }) => element('p', {}, text))));
  }
}

/** @param {HTMLFormElement} $form */
export function clearFaults($form) {
  if (find('[data-faults]', $form)) void sayFaults($form, []);
}
