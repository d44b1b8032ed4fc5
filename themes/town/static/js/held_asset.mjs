// A separate asset, the same in every language: only who is known has something to see here.
import { showHeld } from './held.mjs';

/** @type {any} */ (globalThis).PREAU.showHeld = showHeld;
