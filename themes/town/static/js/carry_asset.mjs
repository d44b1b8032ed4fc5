// A separate asset, one a language, loaded when an act comes as a code or a copy is asked for.
import { saveCopy, takeCarried } from './outbox_carried.mjs';
import { learnWords } from './words.mjs';

learnWords(CARRY_WORDS);
Object.assign(/** @type {any} */ (globalThis).PREAU, { saveCopy, takeCarried });
