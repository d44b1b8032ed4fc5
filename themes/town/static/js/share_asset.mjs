// A separate asset, the same in every language: loaded where somebody opens what it adds to.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startShare } from './share.mjs';

component('share', () => HERE.page && startShare(HERE.page));
