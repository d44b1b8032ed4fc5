// A separate asset, one a language: one page alone needs it, and its words.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startRecountPage } from './recount_page.mjs';
import { learnWords } from './words.mjs';

learnWords(RECOUNT_WORDS);
component('recount', () => HERE.page && startRecountPage(HERE.page));
