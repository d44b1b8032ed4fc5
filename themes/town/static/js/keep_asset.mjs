// A separate asset, one a language, loaded by pages that can be kept where the phone saves data.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { offerKeeping } from './keep_offer.mjs';
import { learnWords } from './words.mjs';

learnWords(KEEP_WORDS);
component('keep', () => HERE.page && offerKeeping(HERE.page));
