// A separate asset, one a language: one page alone needs it, and its words.
import { startOutboxPage } from './outbox_page.mjs';
import { learnWords } from './words.mjs';

learnWords(OUTBOX_WORDS);
/** @type {any} */ (globalThis).PREAU.startOutboxPage = startOutboxPage;
