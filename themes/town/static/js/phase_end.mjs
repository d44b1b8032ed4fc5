// A page that was built, or copied, before a closing says that it has come.
import { find, findAll } from './elements.mjs';

const LONGEST_TIMER = 86400;

/** @param {Page} page */
export function startPhaseEnds(page) {
  const $ends = findAll('[data-phase-end]');
  const refresh = () => {
    for (const $end of $ends) {
      const left = Number($end.dataset.phaseEnd) - page.now();
      const isOver = left < 0;
      const $open = find('[data-open]', $end);
      const $closed = find('[data-closed]', $end);
      if ($open) $open.hidden = isOver;
      if ($closed) $closed.hidden = !isOver;
      if (!isOver && left < LONGEST_TIMER) setTimeout(refresh, left * 1000 + 1000);
    }
  };
  if ($ends.length) document.addEventListener('visibilitychange', refresh);
  refresh();
}
