// Beside a field for photos. What the field takes is larger, and comes once somebody reaches for its form.

/** @param {HTMLElement} $field */
export function offerPhotos($field) {
  const $input = /** @type {HTMLInputElement} */ ($field);
  const $form = /** @type {HTMLFormElement} */ ($input.form);
  const load = () => import($input.dataset.photos || '').catch(() => {
    // Nothing leaves without the photo that was just chosen, nor waits for it for ever.
    $input.value = $form.dataset.busy = '';
  });
  $form.addEventListener('focusin', load, { once: true });
  $input.addEventListener('change', () => {
    $form.dataset.busy = '1';
    void load();
  });
}
