// A separate asset, one a language: loaded where somebody opens the list of what they did.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startMine } from './mine.mjs';
import { learnWords } from './words.mjs';

learnWords(MINE_WORDS);
component('mine', () => HERE.page && startMine(HERE.page));
