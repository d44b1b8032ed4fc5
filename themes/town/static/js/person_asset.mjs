// A separate asset, the same in every language: two pages alone need it.
import { component } from './component.mjs';
import { startConfirmPage } from './confirm_page.mjs';
import { find } from './elements.mjs';
import { HERE } from './here.mjs';
import { startPersonPage } from './person_page.mjs';

/** @param {Page} page */
function startPerson(page) {
  const [$person, $link, $mine] = [find('[data-person]'), find('[data-link]'), find('[data-mine]')];
  if ($mine) $mine.addEventListener('toggle', () => void import($mine.dataset.mine || ''), { once: true });
  if ($person) component('unfinished', async () => localStorage.length && (await import(UNFINISHED_URL)));
  if ($person) return startPersonPage(page, $person);
  if ($link) startConfirmPage(page, $link);
}

component('person', () => HERE.page && startPerson(HERE.page));
