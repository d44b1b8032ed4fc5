// A separate asset, one a language: one page alone needs it, and its words.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startSearchPage } from './search_page.mjs';
import { learnWords } from './words.mjs';

learnWords(SEARCH_WORDS);
component('search', () => HERE.page && startSearchPage(HERE.page));
