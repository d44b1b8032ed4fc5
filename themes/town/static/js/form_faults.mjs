// What is wrong with what was written, said twice: in a summary that takes the focus, and at the field.
import { element, find, findAll, focusOn } from './elements.mjs';
import { say, sayCount } from './words.mjs';

/** @param {HTMLFormElement} $form */
export function clearFaults($form) {
  for (const $old of findAll('[data-faults], [data-fault]', $form)) $old.remove();
  for (const $field of findAll('[aria-describedby*="-fault"]', $form)) {
    $field.removeAttribute('aria-invalid');
    const others = ($field.getAttribute('aria-describedby') || '').split(' ').filter((id) => !id.endsWith('-fault'));
    if (others.join('')) $field.setAttribute('aria-describedby', others.join(' '));
    else $field.removeAttribute('aria-describedby');
  }
}

/**
 * @param {HTMLFormElement} $form
 * @param {FormFault[]} faults none: what was said before goes
 */
export function showFaults($form, faults) {
  clearFaults($form);
  if (!faults.length) return;
  const items = faults.map((fault) => {
    const $field = find(`[name="${fault.field}"]`, $form);
    if (!$field) return element('li', {}, fault.text);
    $field.id = $field.id || `preau-${fault.field}`;
    markField($field, fault.text);
    return element('li', {}, element('a', { href: `#${$field.id}` }, fault.text));
  });
  const isGap = faults.length === 1 && faults[0].missing;
  const title = isGap ? say('faults.missing') : sayCount('faults', faults.length);
  const $summary = element('div', { class: 'note bad', 'data-faults': true },
    element('p', {}, element('strong', {}, title)), element('ul', {}, ...items));
  $form.prepend($summary);
  focusOn($summary);
}

/**
 * @param {HTMLElement} $field
 * @param {string} text
 */
function markField($field, text) {
  const id = `${$field.id}-fault`;
  const $fault = element('span', { class: 'err', id, 'data-fault': true }, text);
  const $group = $field.closest('fieldset');
  const isChoice = $field instanceof HTMLInputElement && ['radio', 'checkbox'].includes($field.type) && $group;
  const $marked = isChoice ? $group : $field;
  $marked.setAttribute('aria-describedby', `${id} ${$marked.getAttribute('aria-describedby') || ''}`.trim());
  // A group of choices can't be marked so (ARIA 1.2).
  if (!isChoice) $marked.setAttribute('aria-invalid', 'true');
  // Above the input: a phone's keyboard hides what is below.
  const $legend = isChoice && find('legend', $group);
  if ($legend) $legend.after($fault);
  else $field.before($fault);
}
