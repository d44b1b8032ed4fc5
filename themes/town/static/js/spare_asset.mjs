// A separate asset, the same in every language: only a form that asks for what nobody need say names it. What is left
// empty is no member of the act (docs/formats.md §10).
import { findAll } from './elements.mjs';

const $form = /** @type {HTMLFormElement} */ (findAll('[data-spare]')[0].closest('form'));
const members = $form.dataset.body;
// Before the form is read: a listener that captures comes first.
$form.addEventListener('submit', () => {
  const data = new FormData($form);
  const said = findAll('[data-spare]', $form).map(({ dataset: { spare = '' } }) => spare).filter((names) => names.split(' ').some((name) => data.get(name)));
  $form.dataset.body = [members, ...said].join(' ');
}, { capture: true });
