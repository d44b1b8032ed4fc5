// Words stay on the phone while they are written, until they are sent or the form is emptied: a call, or a flat battery,
// loses nothing. Where the phone keeps nothing, nothing is said.
import { element, find, findAll } from './elements.mjs';
import { say } from './words.mjs';

/** @param {HTMLFormElement} $form */
function keyOf($form) {
  return `preau:words:${location.pathname}:${$form.dataset.act}`;
}

/** @param {HTMLFormElement} $form */
export function forgetWords($form) {
  try {
    localStorage.removeItem(keyOf($form));
  } catch {}
  const $note = find('[data-unfinished]', $form);
  if ($note) $note.hidden = true;
}

/** @param {HTMLFormElement} $form of an act; only those in which somebody writes at length */
export function keepWords($form) {
  if (!find('textarea', $form)) return;
  const $fields = /** @type {HTMLInputElement[]} */ (findAll('textarea, input[type=text], select', $form));
  const $empty = element('button', { type: 'button', class: 'btn alt' }, say('unfinished.empty'));
  const $note = element('p', { class: 'btns small', 'data-unfinished': true, hidden: true }, say('unfinished'), ' ', $empty);
  $form.prepend($note);
  $empty.addEventListener('click', () => $form.reset());
  $form.addEventListener('reset', () => forgetWords($form));
  try {
    const words = JSON.parse(localStorage.getItem(keyOf($form)) || '{}');
    for (const $field of $fields) if (words[$field.name]) $field.value = words[$field.name];
    $note.hidden = !Object.keys(words).length;
    $form.addEventListener('input', () => {
      localStorage.setItem(keyOf($form), JSON.stringify(Object.fromEntries($fields.map((one) => [one.name, one.value]))));
      $note.hidden = false;
    });
  } catch {}
}
