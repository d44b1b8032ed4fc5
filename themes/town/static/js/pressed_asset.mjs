// A separate asset, one a language: what is said of a form, and of its act, comes once somebody reaches for it.
import { showAct } from './act_sheet.mjs';
import { showFaults } from './form_faults.mjs';
import { learnWords } from './words.mjs';

learnWords(PRESSED_WORDS);
Object.assign(/** @type {any} */ (globalThis).PREAU, { showAct, showFaults });
