// A separate asset, one a language: only the pages of a consultation have forms of acts, and what modules bring for them.
import { component } from './component.mjs';
import { element, find, findAll } from './elements.mjs';
import { startForms } from './forms.mjs';
import { HERE } from './here.mjs';
import { startOwnVotes } from './own_vote.mjs';
import { learnWords, say } from './words.mjs';

/**
 * Few who write bring a photo: its script comes when they reach for one, or go on with what had one.
 * @param {HTMLInputElement} $input
 */
function offerPhotos($input) {
  const { dataset } = /** @type {HTMLFormElement} */ ($input.form);
  const load = () => import($input.dataset.photos || '').catch(() => {
    $input.value = dataset.busy = '';
  });
  for (const type of ['focus', 'change']) $input.addEventListener(type, () => void load(), { once: true });
  // Nothing leaves without the photo that was just chosen.
  $input.addEventListener('change', () => (dataset.busy = '1'));
  if (location.hash) void load();
}

/** @param {Page} page */
function startActs(page) {
  component('forms', () => startForms(page));
  component('own votes', () => startOwnVotes(page));
  for (const $input of findAll('[data-photos]')) offerPhotos(/** @type {HTMLInputElement} */ ($input));
  for (const start of BROUGHT) component('module', () => start(page, { element, find, findAll, say }));
}

learnWords(ACT_WORDS);
if (HERE.page) startActs(HERE.page);
