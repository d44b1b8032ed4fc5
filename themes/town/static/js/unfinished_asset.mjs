// A separate asset, one a language: loaded once somebody fills in something, or where something begun is on the phone.
import { component } from './component.mjs';
import { findAll } from './elements.mjs';
import { HERE } from './here.mjs';
import { Unfinished } from './unfinished.mjs';
import { showUnfinished } from './unfinished_view.mjs';
import { learnWords } from './words.mjs';

/** @param {Page} page */
function startUnfinished(page) {
  const forms = /** @type {HTMLFormElement[]} */ (findAll('form[data-act]'));
  // Where scripts have not taken a form over, nobody would say that it has left.
  for (const $form of forms.filter((one) => one.noValidate)) {
    component('unfinished', () => new Unfinished(page, $form).begin(Boolean($form.dataset.touched)));
  }
  return showUnfinished(page);
}

learnWords(UNFINISHED_WORDS);
component('unfinished', () => HERE.page && startUnfinished(HERE.page));
