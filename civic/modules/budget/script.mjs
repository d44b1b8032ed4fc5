// The till of a basket: what is left is shown and said after each tick, and too much is refused with the way out.

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
  }

  begin() {
    // The form itself changes when the page fills it in: that is nobody's choice.
    this.$form.addEventListener('change', ({ target }) => (target === this.$form ? this.tell() : this.change(/** @type {HTMLInputElement} */ (target))));
    // Before the form's own listener: what is over the sum is not signed.
    document.addEventListener('submit', (event) => event.target === this.$form && this.check(event), true);
    this.tell();
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
      if (input instanceof HTMLSelectElement) input.value = isBlank ? '' : input.value;
      else if ((input.value === 'blank') !== isBlank) input.checked = false;
    }
    this.hideFault();
    this.page.tell(this.tell());
  }

  hideFault() {
    this.tools.find('[data-over]', this.$form).hidden = true;
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
    if (this.isFine()) return this.hideFault();
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
