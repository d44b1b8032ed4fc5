// A blank ballot has no answers beside it: ticking one takes the other away.

/**
 * @param {Page} _page
 * @param {Tools} tools
 */
export function start(_page, { findAll }) {
  for (const $box of findAll('form[data-act=ballot] input[type=checkbox]')) {
    const box = /** @type {HTMLInputElement} */ ($box);
    box.addEventListener('change', () => {
      if (!box.checked || !box.form) return;
      for (const $other of findAll('input[type=checkbox]', box.form)) {
        const other = /** @type {HTMLInputElement} */ ($other);
        if ((other.value === 'blank') !== (box.value === 'blank')) other.checked = false;
      }
    });
  }
}
