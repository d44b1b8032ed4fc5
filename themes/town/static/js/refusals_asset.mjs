// A separate asset, one a language, loaded when an act was refused or has to wait: why.
import { learnWords } from './words.mjs';

learnWords(REFUSAL_WORDS);
