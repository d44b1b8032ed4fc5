// A separate asset, the same in every language: one page alone needs it.
import { component } from './component.mjs';
import { find } from './elements.mjs';
import { startFollowPage } from './follow_page.mjs';
import { HERE } from './here.mjs';

component('follow', () => HERE.page && startFollowPage(HERE.page, find('[data-follow]')));
