// A separate asset, the same in every language: only a form whose acts may say what others said already names it.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startSimilar } from './similar.mjs';

component('similar', () => HERE.page && startSimilar(HERE.page));
