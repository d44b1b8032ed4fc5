// The till of a basket: what is left is shown and said after each tick, too much is refused with the way out, and a basket
// that was not cast yet is kept on the phone.

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, tools) {
  for (const $till of tools.findAll('form[data-act=basket] [data-till]')) {
    new Basket(page, /** @type {HTMLFormElement} */ ($till.closest('form')), $till, tools).begin();
  }
}

class Basket {
  /**
   * @param {Page} page
   * @param {HTMLFormElement} $form
   * @param {HTMLElement} $till
   * @param {Tools} tools
   */
  constructor(page, $form, $till, tools) {
    this.page = page;
    this.$form = $form;
    this.$till = $till;
    this.tools = tools;
    this.key = `preau-basket ${$form.dataset.slot}`;
    this.isRestored = false;
    this.isCast = false;
  }

  begin() {
    // The form itself changes when the page fills it in: that is nobody's choice.
    this.$form.addEventListener('change', ({ target }) => target !== this.$form && this.change(/** @type {HTMLInputElement} */ (target)));
    // Before the form's own listener: what is over the sum is not signed.
    document.addEventListener('submit', (event) => event.target === this.$form && this.check(event), true);
    // The page ticks what this phone has cast before; a basket begun since then comes after it.
    new MutationObserver(() => this.settle()).observe(this.$form, { attributeFilter: ['data-ticked'] });
    if (this.$form.dataset.ticked !== undefined) this.settle();
    this.tell();
  }

  /** What was cast is no draft any more: once the phone holds it as an act, and not before. */
  settle() {
    if (this.isCast) this.draft(null);
    this.isCast = false;
    this.restore();
  }

  /**
   * Keeps a basket on the phone, or with null forgets it; without `basket` what is kept.
   * @param {string | null} [basket]
   */
  draft(basket) {
    try {
      if (basket === undefined) return localStorage.getItem(this.key);
      if (basket === null) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, basket);
    } catch { /* the phone keeps nothing: the basket is only on this page */ }
    return null;
  }

  inputs() {
    return /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ (this.tools.findAll('[name=choice]', this.$form));
  }

  values() {
    return new FormData(this.$form).getAll('choice').map(String).filter(Boolean);
  }

  /** @param {HTMLInputElement} changed */
  change(changed) {
    const isBlank = changed.value === 'blank' && changed.checked;
    for (const input of this.inputs()) {
      if (input instanceof HTMLSelectElement ? isBlank : (input.value === 'blank') !== isBlank) this.set(input, []);
    }
    this.isCast = false;
    this.draft(this.values().join(' '));
    this.show('[data-draft]', true);
    this.show('[data-over]', false);
    this.page.tell(this.tell());
  }

  /**
   * @param {HTMLInputElement | HTMLSelectElement} input
   * @param {string[]} values
   */
  set(input, values) {
    if (input instanceof HTMLSelectElement) input.value = [...input.options].map((one) => one.value).find((one) => one && values.includes(one)) || '';
    else input.checked = values.includes(input.value);
  }

  restore() {
    const draft = this.isRestored ? null : this.draft();
    this.isRestored = true;
    if (draft !== null) {
      for (const input of this.inputs()) this.set(input, draft.split(' '));
      this.show('[data-draft]', true);
    }
    this.tell();
  }

  /**
   * @param {string} selector
   * @param {boolean} isShown
   */
  show(selector, isShown) {
    this.tools.find(selector, this.$form).hidden = !isShown;
  }

  chosen() {
    return this.inputs().filter((one) => (one instanceof HTMLSelectElement ? one.value : one.checked));
  }

  /** How much of the sum, of the points or of the number allowed is left. */
  left() {
    const costs = this.chosen().map((one) => Number(one.dataset.cost || 0));
    const points = this.values().map((one) => Number(one.split('*')[1] || 0));
    const { till, amount } = this.$till.dataset;
    const used = till === 'knapsack' ? costs : till === 'points' ? points : this.picks().map(() => 1);
    return Number(amount) - used.reduce((sum, one) => sum + one, 0);
  }

  picks() {
    return this.values().filter((one) => one !== 'blank');
  }

  tell() {
    const { find } = this.tools;
    const left = this.left();
    const { till, over, money } = this.$till.dataset;
    const written = Math.abs(left).toLocaleString(document.documentElement.lang);
    const $word = find('[data-left-word]', this.$till);
    const $left = find('[data-left]', this.$till);
    const $picks = find('[data-picks]', this.$till);
    if ($word) {
      $word.dataset.word = $word.dataset.word || $word.textContent || '';
      $word.textContent = (left < 0 ? over : $word.dataset.word) || '';
    }
    if ($left) $left.textContent = till === 'knapsack' && money ? money.replace('{n}', written) : written;
    if ($picks) $picks.textContent = String(this.picks().length);
    this.$till.classList.add('told');
    this.$till.classList.toggle('over', left < 0);
    return this.$till.innerText;
  }

  isFine() {
    const picks = this.picks();
    const { till, least } = this.$till.dataset;
    const ranks = picks.map((one) => Number(one.split('*')[1])).sort((one, other) => one - other);
    if (till === 'ranking') return ranks.every((rank, place) => rank === place + 1);
    return this.left() >= 0 && !(till === 'approval' && picks.length && picks.length < Number(least));
  }

  /** @param {Event} event */
  check(event) {
    if (this.isFine()) {
      // An empty basket is asked about by the form.
      this.isCast = this.values().length > 0;
      this.show('[data-draft]', false);
      this.show('[data-over]', false);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { element, find } = this.tools;
    const $fault = find('[data-over]', this.$form);
    find('ul', $fault).replaceChildren(...this.chosen().map((one) =>
      element('li', {}, element('a', { href: `#${one.id}` }, find(`label[for=${one.id}]`, this.$form).textContent || '')),
    ));
    $fault.hidden = false;
    $fault.focus();
  }
}
