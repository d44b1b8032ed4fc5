// A separate asset, one a language, loaded when a citizen asks for a code: most never do.
import { showCode } from './outbox_code.mjs';
import { codeOf, drawing } from './qr_drawing.mjs';
import { learnWords } from './words.mjs';

learnWords(CODE_WORDS);
/** @type {any} */ (globalThis).PREAU.showCode = showCode;
/** @type {any} */ (globalThis).PREAU.drawCode = (/** @type {string} */ text, /** @type {string} */ label) => drawing(codeOf(text), label);
