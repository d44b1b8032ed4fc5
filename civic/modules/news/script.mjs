// Which place this phone's registration has: the page lists the numbers in line, the phone knows its own.

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, { element, find, say }) {
  const $line = find('[data-line]');
  if (!$line) return;
  const { line = '', seated, slot } = $line.dataset;
  const show = async () => {
    const acts = /** @type {Act[]} */ (await page.store.all('acts'));
    const [act] = acts.filter((one) => one.slot === slot && one.no).sort((one, other) => other.rev - one.rev);
    if (!act || act.kind === 'withdraw') return;
    const at = line.split(' ').indexOf(String(act.no));
    const first = Number(seated);
    const key = at < 0 ? 'line.later' : at < first ? 'line.in' : 'line.waiting';
    const [before, strong, after] = say(key, { n: at < first ? at + 1 : at - first + 1 }).split('*');
    $line.append(before, ...(strong ? [element('strong', {}, strong), after] : []));
    $line.hidden = false;
  };
  void show().catch(console.error);
}
