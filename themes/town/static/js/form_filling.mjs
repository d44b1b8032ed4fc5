// A form with what an act said put back into it.
import { chosenValues } from './choice.mjs';
import { find } from './elements.mjs';
import { pathOf } from './form_body.mjs';

/**
 * Puts what an act says back into its form.
 * @param {HTMLFormElement} $form
 * @param {ActBody} body
 */
export function fillForm($form, body) {
  for (const one of $form.elements) {
    const $field = /** @type {HTMLInputElement} */ (one);
    if (!$field.name) continue;
    const value = pathOf($field.name).reduce((/** @type {any} */ part, key) => part && part[key], body);
    const chosen = value === undefined ? [] : chosenValues(value).map(String);
    if (['radio', 'checkbox'].includes($field.type)) $field.checked = chosen.includes($field.value);
    else if (one instanceof HTMLSelectElement && Array.isArray(value)) for (const $each of one.options) $each.selected = chosen.includes($each.value);
    else if (value !== undefined || $field.type !== 'hidden') $field.value = String(value ?? '');
  }
  $form.dispatchEvent(new Event('change'));
}

/**
 * "Corriger et renvoyer": the form again, with what was written.
 * @param {Page} page
 * @param {HTMLFormElement} $form
 */
export async function resumeDraft(page, $form) {
  const id = /^#reprendre=([\w-]+)$/.exec(location.hash);
  const act = id && /** @type {Act | undefined} */ (await page.store.get('acts', id[1]));
  if (!act || act.kind !== $form.dataset.act) return;
  fillForm($form, act.body);
  $form.dataset.replaces = act.id;
  const $first = find('input:not([type=hidden]), textarea', $form);
  if ($first) $first.focus();
}
