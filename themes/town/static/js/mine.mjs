// What a person did from this phone, votes and the rest apart: read on the phone, nothing is asked of the town.
import { headingOf } from './act_heading.mjs';
import { sayOf, statusChip } from './act_view.mjs';
import { onChange } from './changes.mjs';
import { element, find } from './elements.mjs';
import { standingActs } from './outbox.mjs';
import { sayDay } from './words.mjs';

/** @param {Act} act */
function ownRow(act) {
  const title = headingOf(act);
  const $title = act.page ? element('a', { href: act.page, dir: 'auto' }, title) : element('span', {}, title);
  const facts = [element('span', {}, sayOf('outbox.kind', act, {})), ' '];
  // Of a secret ballot nobody keeps the hour, and the list shows no more of any other.
  if (act.made) facts.push(element('span', {}, sayDay(act.made)), ' ');
  return element('li', {}, $title, element('p', { class: 'kind' }, ...facts, statusChip(act)));
}

/**
 * Fills the lists of `[data-mine]`: `[data-votes]` and `[data-words]`, each hidden where there is nothing.
 * @param {Page} page
 */
export async function startMine(page) {
  const $mine = find('[data-mine]');
  if (!$mine) return;
  const show = async () => {
    const acts = standingActs(await page.store.all('acts')).filter((act) => act.kind !== 'withdraw' && !act.carried);
    const lists = { votes: acts.filter((act) => act.counts), words: acts.filter((act) => !act.counts) };
    for (const [name, some] of Object.entries(lists)) {
      const $list = find(`[data-${name}]`, $mine);
      $list.hidden = !some.length;
      find('ul', $list).replaceChildren(...some.map(ownRow));
    }
    find('[data-none]', $mine).hidden = acts.length > 0;
  };
  onChange(({ outbox }) => {
    if (outbox) void show().catch(console.error);
  });
  await show();
}
