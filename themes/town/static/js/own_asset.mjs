// A separate asset, one a language: what somebody did here before, shown again. A phone that holds no act does without.
import { component } from './component.mjs';
import { resumeDraft } from './form_filling.mjs';
import { actForms } from './forms.mjs';
import { HERE } from './here.mjs';
import { startOwnVotes } from './own_vote.mjs';
import { learnWords } from './words.mjs';

/** @param {Page} page */
function startOwn(page) {
  component('own votes', () => startOwnVotes(page));
  for (const $form of actForms()) component('draft', () => resumeDraft(page, $form));
}

learnWords(OWN_WORDS);
if (HERE.page) startOwn(HERE.page);
