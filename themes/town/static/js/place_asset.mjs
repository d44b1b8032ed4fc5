// A separate asset, one a language, for forms that ask where: words come first; who wants to may give this phone's
// position or a point on the town's map (templates/_place.html). Nothing leaves the phone but with the act.
import { component } from './component.mjs';
import { find, findAll } from './elements.mjs';
import { HERE } from './here.mjs';
import { learnWords, say, sayNumber } from './words.mjs';

/** Steps across the map that an arrow key makes of it. */
const KEY_STEPS = 80;
const FAR = 200;
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {Page} page
 * @param {HTMLElement} $place
 */
function startPlace(page, $place) {
  const [$address, $lat, $lon] = ['address', 'lat', 'lon'].map(
    (name) => /** @type {HTMLInputElement} */ (find(`[name="place.${name}"]`, $place)),
  );
  const $form = /** @type {HTMLFormElement} */ ($place.closest('form'));
  const [$here, $clear, $said] = ['here', 'clear', 'said'].map((name) => find(`[data-place-${name}]`, $place));
  const map = mapIn($place);
  const show = (/** @type {string} */ text) => {
    const has = Boolean($lat.value);
    // A plain form must not send what is empty, and words are asked for only where there is no position.
    $lat.disabled = $lon.disabled = !has;
    $address.required = !has && 'asked' in $place.dataset;
    $clear.hidden = !has;
    $said.textContent = text || (has ? say('place.kept') : '');
    if (map) map.draw(has ? [Number($lat.value), Number($lon.value)] : null);
  };
  /** @param {number[] | null} position @param {string} text */
  const put = (position, text) => {
    [$lat.value, $lon.value] = position ? position.map((degrees) => degrees.toFixed(5)) : ['', ''];
    $form.dispatchEvent(new Event('change'));
    show(text);
    page.tell(text);
  };
  $here.addEventListener('click', () => locate(put));
  $clear.addEventListener('click', () => {
    put(null, say('place.gone'));
    $address.focus();
  });
  if (map) map.start(() => ($lat.value ? [Number($lat.value), Number($lon.value)] : null), (at) => put(at, say('place.point')));
  $form.addEventListener('change', () => show($said.textContent || ''));
  $form.addEventListener('reset', () => setTimeout(() => ($said.textContent = '', show(''))));
  $here.hidden = !navigator.geolocation;
  show('');
}

/** @param {(position: number[] | null, text: string) => void} put */
function locate(put) {
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude, accuracy } }) => {
      const key = accuracy > FAR ? 'place.far' : 'place.found';
      put([latitude, longitude], say(key, { n: sayNumber(Math.ceil(accuracy)) }));
    },
    ({ code }) => put(null, say(code === 1 ? 'place.denied' : 'place.unknown')),
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
  );
}

/**
 * The town's map in the form, if it has one; positions are latitude and longitude.
 * @param {HTMLElement} $place
 */
function mapIn($place) {
  const $map = /** @type {SVGSVGElement | null} */ ($place.querySelector('[data-place-map]'));
  const $pin = $map && $map.querySelector('circle');
  if (!$map || !$pin) return null;
  const [west, north, east, south] = ($map.dataset.placeMap || '').split(' ').map(Number);
  const { width, height } = $map.viewBox.baseVal;
  /** @param {number} x @param {number} y shares of the map */
  const at = (x, y) => [north + y * (south - north), west + x * (east - west)];
  return {
    /** @param {number[] | null} position */
    draw(position) {
      const [lat, lon] = position || [north, west];
      $pin.setAttribute('r', position ? '8' : '0');
      $pin.setAttribute('cx', String(((lon - west) / (east - west)) * width));
      $pin.setAttribute('cy', String(((lat - north) / (south - north)) * height));
    },
    /** @param {() => number[] | null} position @param {(position: number[]) => void} put */
    start(position, put) {
      $map.addEventListener('click', ({ clientX, clientY }) => {
        const box = $map.getBoundingClientRect();
        put(at((clientX - box.left) / box.width, (clientY - box.top) / box.height));
      });
      $map.addEventListener('keydown', (event) => {
        const arrow = ARROWS[event.key];
        if (!arrow) return;
        event.preventDefault();
        const [lat, lon] = position() || at(0.5, 0.5);
        put([lat + (arrow[1] * (south - north)) / KEY_STEPS, lon + (arrow[0] * (east - west)) / KEY_STEPS]);
      });
    },
  };
}

learnWords(PLACE_WORDS);
for (const $place of findAll('[data-place]')) {
  component('place', () => HERE.page && startPlace(HERE.page, $place));
}
