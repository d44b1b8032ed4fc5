// A separate asset, beside the field for photos. What the field takes is larger and comes behind it, at once: it has to be
// on the phone already when there is no network.
import { component } from './component.mjs';
import { findAll } from './elements.mjs';

/** @param {HTMLInputElement} $input */
function offerPhotos($input) {
  const { dataset } = /** @type {HTMLFormElement} */ ($input.form);
  const load = () => import($input.dataset.photos || '');
  load().catch(() => {});
  // Nothing leaves without the photo that was just chosen.
  $input.addEventListener('change', () => {
    dataset.busy = '1';
    load().catch(() => {
      $input.value = dataset.busy = '';
    });
  });
}

component('photos', () => {
  for (const $input of findAll('[data-photos]')) offerPhotos(/** @type {HTMLInputElement} */ ($input));
});
