// A separate asset, one a language, loaded once a receipt is on the phone: what became of acts that the town has.
import { startProofs } from './proofs_page.mjs';
import { learnWords } from './words.mjs';

learnWords(PROOF_WORDS);
/** @type {any} */ (globalThis).PREAU.startProofs = startProofs;
