// While a report is written: is it known already? Looked up on the phone, in the small list of open reports; says so
// and never stands in the way. What the report is about becomes the title that the outbox shows.

const NEAR = 0.0009; // degrees: 100 metres

/** @typedef {{ n: number, c: string, address: string, lat: string, lon: string }} Known */

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[\s\p{P}]+/gu, '');
}

/**
 * @param {Known} one
 * @param {{ c: string, address: string, lat: string, lon: string }} asked
 */
function isNear(one, asked) {
  if (one.c !== asked.c) return false;
  if (one.address && plain(one.address) === plain(asked.address)) return true;
  // A degree of longitude is shorter the nearer the poles are: 57 degrees are a radian.
  const east = (Number(one.lon) - Number(asked.lon)) * Math.cos(Number(one.lat) / 57.3);
  return Boolean(one.lat && asked.lat && Math.hypot(Number(one.lat) - Number(asked.lat), east) < NEAR);
}

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, { element, find, say }) {
  const $near = find('[data-near]');
  const $form = /** @type {HTMLFormElement | null} */ ($near && $near.closest('form'));
  if (!$form) return;
  const valueOf = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(`[name="${name}"]`, $form)).value;
  const $category = /** @type {HTMLSelectElement} */ (find('[name=category]', $form));
  const known = fetch($near.dataset.near || '').then((answer) => answer.json()).catch(() => ({ reports: [] }));
  let last = '';
  const look = async () => {
    const c = $category.value;
    const label = $form.dataset.title = c && $category.selectedOptions[0].text;
    const asked = { c, address: valueOf('place.address'), lat: valueOf('place.lat'), lon: valueOf('place.lon') };
    const found = (await known).reports.filter((/** @type {Known} */ one) => isNear(one, asked)).slice(0, 3);
    const links = found.map((/** @type {Known} */ { n, address }) => element('li', {}, element(
      'a', { href: `${$near.dataset.report}${n}/#metoo` }, say('near.link', { n, label }), address ? `, ${address}` : '',
    )));
    const numbers = found.map((/** @type {Known} */ { n }) => n).join();
    $near.hidden = !numbers;
    if (numbers === last) return;
    last = numbers;
    $near.replaceChildren(element('p', {}, element('strong', {}, say('near')), ` ${say('near.do')}`), element('ul', {}, ...links));
    if (numbers) page.tell(say('near'));
  };
  for (const name of ['change', 'reset']) $form.addEventListener(name, () => setTimeout(look));
  void look();
}
