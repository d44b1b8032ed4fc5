// A separate asset, the same in every language: loaded once somebody writes to the town hall, or has written.
import { askReplies, openAnswer, sealLetter } from './letters.mjs';

/** @type {any} */ (globalThis).PREAU.letters = { askReplies, openAnswer, sealLetter };
