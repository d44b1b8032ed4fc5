// A separate asset, one a language: one page alone needs it, and its words.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startOutboxPage } from './outbox_page.mjs';
import { learnWords } from './words.mjs';

learnWords(OUTBOX_WORDS);
component('outbox', () => HERE.page && startOutboxPage(HERE.page));
