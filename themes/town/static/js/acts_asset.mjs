// A separate asset, one a language: only the pages of a consultation have forms of acts, and what modules bring for them.
import { component } from './component.mjs';
import { element, find, findAll } from './elements.mjs';
import { startForms } from './forms.mjs';
import { HERE } from './here.mjs';
import { startOwnVotes } from './own_vote.mjs';
import { learnWords, say } from './words.mjs';

/** @param {Page} page */
function startActs(page) {
  component('forms', () => startForms(page));
  component('own votes', () => startOwnVotes(page));
  // What is of use only to who writes, or opens something, is loaded then.
  const late = () => findAll('[data-late]').forEach((one) => void import(one.dataset.late || ''));
  for (const type of ['input', 'toggle']) addEventListener(type, late, { once: true, capture: true });
  for (const start of BROUGHT) component('module', () => start(page, { element, find, findAll, say }));
}

learnWords(ACT_WORDS);
if (HERE.page) startActs(HERE.page);
