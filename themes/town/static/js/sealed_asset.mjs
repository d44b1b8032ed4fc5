// A separate asset, the same in every language, for the pages of private consultations (docs/formats.md §30).
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startSealed } from './sealed_page.mjs';

component('sealed', () => HERE.page && startSealed(HERE.page));
