// A separate asset, one a language: one page alone needs it, and its words.
import { startRecountPage } from './recount_page.mjs';
import { learnWords } from './words.mjs';

learnWords(RECOUNT_WORDS);
/** @type {any} */ (globalThis).PREAU.startRecountPage = startRecountPage;
