// A separate asset, one a language: loaded where somebody opens the rest of a list in another order.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startOrder } from './order.mjs';
import { learnWords } from './words.mjs';

learnWords(ORDER_WORDS);
component('order', () => HERE.page && startOrder(HERE.page));
