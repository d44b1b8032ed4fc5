// Questions that depend on an answer come and go with it; options may stand in an order drawn by this phone.

/**
 * The same order each time on one phone, which no other has.
 * @param {Store} store
 * @param {HTMLElement[]} lists
 */
async function shuffle(store, lists) {
  await store.edit('state', ['order'], (old) => old || Math.random());
  const seed = await store.get('state', 'order');
  /** @param {Element} $one */
  const place = ($one) => [...($one.textContent || '')].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65521, seed * 65521);
  for (const $list of lists) $list.append(...[...$list.children].sort((one, other) => place(one) - place(other)));
}

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start({ store }, { findAll }) {
  /** @type {(selector: string, within: ParentNode) => HTMLInputElement[]} */
  const inputs = (selector, within) => /** @type {any} */ (findAll(selector, within));
  for (const $form of findAll('form[data-act=survey]')) {
    const fit = () => {
      for (const $asked of findAll('[data-if]', $form)) {
        const [name, ...options] = ($asked.dataset.if || '').split(' ');
        const chosen = inputs(`[name="${name}"]:checked:enabled`, $form);
        $asked.hidden = !chosen.some((one) => options.includes(one.value));
        for (const input of inputs('input, select, textarea', $asked)) input.disabled = $asked.hidden;
      }
    };
    $form.addEventListener('change', ({ target }) => {
      const $changed = /** @type {HTMLInputElement} */ (target);
      const $ranks = $changed.closest('[data-ranks]');
      // A rank is one answer's: who takes it leaves it to nobody else.
      for (const one of $ranks ? inputs('select', $ranks) : []) {
        if (one !== $changed && one.value === $changed.value) one.value = '';
      }
      fit();
    });
    fit();
  }
  const lists = findAll('[data-random]');
  return lists.length ? shuffle(store, lists) : undefined;
}
