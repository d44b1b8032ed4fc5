// A separate asset, the same in every language: loaded once somebody writes to the town hall, or has written.
import { openLetters } from './letters_page.mjs';

/** @type {any} */ (globalThis).PREAU.openLetters = openLetters;
