// The page of the mail's link, often opened in another browser than the one that asked. Opening it does nothing: mail
// programs open links by themselves. The button does.
import { find } from './elements.mjs';
import { confirmEnrolment } from './enrolment.mjs';
import { doorsOf, notify, notifyFailure } from './person_view.mjs';

/**
 * What the address says after its sign #; null where it is not whole.
 * @param {string} hash
 */
export function readLink(hash) {
  const found = /^#e=([\w-]{22})&t=([\w-]{22})$/.exec(hash);
  return found && { enrol: found[1], token: found[2] };
}

/**
 * @param {Page} page
 * @param {HTMLElement} $offer
 * @param {{ enrol: string, token: string }} link
 */
async function confirm(page, $offer, { enrol, token }) {
  const answer = await confirmEnrolment(doorsOf(page), enrol, token);
  const isOver = [200, 400, 410].includes(answer.status);
  // What has served must not stay in the history of a browser that others may use.
  if (isOver) history.replaceState(null, '', location.pathname);
  $offer.hidden = isOver;
  if (!isOver) notifyFailure(page, answer);
  else notify(page, answer.status === 200 ? 'confirmed' : 'expired');
}

/**
 * @param {Page} page
 * @param {HTMLElement} $person
 */
export function startConfirmPage(page, $person) {
  const link = readLink(location.hash);
  const $offer = find('[data-offer]', $person);
  $offer.hidden = !link;
  if (!link) return notify(page, 'expired');
  find('button', $offer).addEventListener('click', () => void confirm(page, $offer, link).catch(console.error));
}
