// A separate asset, one a language, for pages with a question that is answered in secret. The only one that
// needs BigInt: a browser without it reads none of this, and the page says what to do (question/script.mjs).
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startSecret } from './secret_page.mjs';
import { learnWords } from './words.mjs';

learnWords(SECRET_WORDS);
component('secret', () => HERE.page && startSecret(HERE.page));
