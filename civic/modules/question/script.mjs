// A blank ballot has no answers beside it: ticking one takes the other away. Where a vote is secret, a browser that can't do
// its arithmetic can't even read its script: this one says so.

/**
 * @param {Page} _page
 * @param {Tools} tools
 */
export function start(_page, { findAll }) {
  if (typeof BigInt === 'undefined') for (const $old of findAll('[data-secret] [data-old]')) $old.hidden = false;
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
