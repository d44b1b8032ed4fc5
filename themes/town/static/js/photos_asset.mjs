// A separate asset, one a language: only who brings a photo needs it.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startPhotos } from './photo_field.mjs';
import { learnWords } from './words.mjs';

learnWords(PHOTO_WORDS);
component('photos', () => HERE.page && startPhotos(HERE.page));
