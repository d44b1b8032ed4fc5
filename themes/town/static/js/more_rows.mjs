// A long list of which the reader asks for more: a page at a time, the focus on the first that is new.
import { button, element, find } from './elements.mjs';

const PAGE_ROWS = 25;

/**
 * The list, and the button that goes on with it.
 * @template T
 * @param {T[]} all
 * @param {(one: T) => HTMLElement} draw
 * @param {string} more label of the button
 * @param {string} [look] class of the list
 */
export function moreRows(all, draw, more, look = 'rows') {
  const $rows = element('ol', { class: look });
  const $more = button(more, false, () => add());
  const add = () => {
    const from = $rows.children.length;
    $rows.append(...all.slice(from, from + PAGE_ROWS).map(draw));
    $more.hidden = $rows.children.length >= all.length;
    const $next = from && find('a', $rows.children[from]);
    if ($next) $next.focus();
  };
  add();
  return [$rows, element('p', { class: 'btns' }, $more)];
}
