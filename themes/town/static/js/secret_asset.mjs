// A separate asset, the same in every language, for pages with a question that is answered in secret. The only one that
// needs BigInt: a browser without it reads none of this, and the page says what to do (question/script.mjs).
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startSecret } from './secret_page.mjs';

component('secret', () => HERE.page && startSecret(HERE.page));
