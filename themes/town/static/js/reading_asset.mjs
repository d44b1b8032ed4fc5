// A separate asset, the same in every language, loaded where a private page finds no key on this phone.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startReading } from './reading_page.mjs';

component('reading', () => HERE.page && startReading(HERE.page));
