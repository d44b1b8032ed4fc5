// A separate asset, the same in every language: on the page on which one writes to the town hall, before its acts.
import { askReplies, openAnswer, sealLetter } from './letters.mjs';

/** @type {any} */ (globalThis).PREAU.letters = { askReplies, openAnswer, sealLetter };
