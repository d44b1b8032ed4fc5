// A separate asset, beside the field for photos: few who write bring one, so what it takes comes when they reach for it.
import { component } from './component.mjs';
import { findAll } from './elements.mjs';

/** @param {HTMLInputElement} $input */
function offerPhotos($input) {
  const { dataset } = /** @type {HTMLFormElement} */ ($input.form);
  const load = () => import($input.dataset.photos || '').catch(() => {
    $input.value = dataset.busy = '';
  });
  for (const type of ['focus', 'change']) $input.addEventListener(type, () => void load(), { once: true });
  // Nothing leaves without the photo that was just chosen.
  $input.addEventListener('change', () => (dataset.busy = '1'));
  if (location.hash) void load();
}

component('photo fields', () => {
  for (const $input of findAll('[data-photos]')) offerPhotos(/** @type {HTMLInputElement} */ ($input));
});
