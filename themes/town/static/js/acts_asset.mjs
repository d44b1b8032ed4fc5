// A separate asset, one a language: only the pages of a consultation have forms of acts, and what modules bring for them.
import { component } from './component.mjs';
import { element, find, findAll } from './elements.mjs';
import { readBody } from './form_body.mjs';
import { startForms } from './forms.mjs';
import { HERE } from './here.mjs';
import { startOwnVotes } from './own_vote.mjs';
import { offerPhotos } from './photo_offer.mjs';
import { sayFaults } from './pressed.mjs';
import { learnWords, say } from './words.mjs';

/**
 * What few want of a form comes once somebody reaches for it: a button pressed before it was there is pressed again.
 * @param {HTMLElement} $part
 */
function startPart($part) {
  const load = () => import($part.dataset.part || '');
  $part.addEventListener('click', ({ target }) => {
    void load().then(() => target instanceof HTMLButtonElement && target.click());
  }, { once: true });
  $part.closest('form')?.addEventListener('change', () => void load(), { once: true });
}

/** @param {Page} page */
function startActs(page) {
  component('forms', () => startForms(page));
  for (const $part of findAll('[data-part]')) component('part', () => startPart($part));
  for (const $field of findAll('[data-photos]')) component('photos', () => offerPhotos($field));
  component('own votes', () => startOwnVotes(page));
  // What is of use only to who writes, or opens something, is loaded then.
  const late = () => findAll('[data-late]').forEach((one) => void import(one.dataset.late || ''));
  for (const type of ['input', 'toggle']) addEventListener(type, late, { once: true, capture: true });
  const tools = { element, find, findAll, readBody, say, showFaults: sayFaults };
  for (const start of BROUGHT) component('module', () => start(page, tools));
}

learnWords(ACT_WORDS);
if (HERE.page) startActs(HERE.page);
