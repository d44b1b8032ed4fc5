// The citizen's own choice, wherever a page has its slot: shown, changed, withdrawn until closing.
import { showAndSend, statusPlace } from './act_shown.mjs';
import { choiceWord, sayFor, sayOf, statusChip, subjectOf } from './act_view.mjs';
import { onChange } from './changes.mjs';
import { element, find, findAll, strongParts } from './elements.mjs';
import { fillForm } from './form_filling.mjs';
import { actForms, draftOf } from './forms.mjs';
import { standingAct, standingActs, withdrawAct } from './outbox.mjs';
import { phaseAt } from './phases.mjs';
import { say, sayMoment } from './words.mjs';

/**
 * @param {HTMLElement} $slot
 * @param {Act[]} acts
 * @param {string | undefined} mh the rules that this page shows, where it has a form
 */
function showOwnVote($slot, acts, mh) {
  const { mySlot, mode, signer } = $slot.dataset;
  // A phone that two people share shows each their own secret ballot.
  const isOwn = (/** @type {Act} */ one) => one.slot === mySlot && (!mode || one.signer === signer);
  const act = standingActs(acts).find((one) => isOwn(one) && one.state !== 'refused');
  if (!act) return $slot.replaceChildren();
  const choice = choiceWord(act);
  const text = choice ? sayOf('voted.when', act, { choice, when: sayMoment(act.made) }) : sayFor('unvoted', subjectOf(act));
  const changed = mh && mh !== act.mh ? [element('p', {}, say('own.rules'))] : [];
  $slot.replaceChildren(element('p', {}, statusChip(act)), element('p', {}, ...strongParts(text)), ...changed);
}

/** @param {Draft} draft */
function placeOf({ consultation, slot = '', token, signer }) {
  return { consultation, slot, token, signer };
}

/**
 * @param {Page} page
 * @param {HTMLFormElement} $form
 * @param {Act[]} acts
 */
function fitForm(page, $form, acts) {
  const draft = draftOf($form);
  const { signer = '', ticked, touched } = $form.dataset;
  const act = standingAct(acts, placeOf(draft));
  const vote = act && act.counts ? act : undefined;
  const $withdraw = find('[data-withdraw]', $form);
  if ($withdraw) $withdraw.hidden = !vote || !['before', 'open'].includes(phaseAt(draft, page.now()));
  const $send = find('button:not([type=button])', $form);
  // A legend that says what is asked stays.
  const $legend = find('legend:not([id])', $form);
  if (vote && $send) $send.textContent = sayFor('own.save', vote.kind);
  if (vote && $legend) $legend.textContent = say('own.change');
  // Once, or once it is known whose ballot this is, or when it was withdrawn: then the choice is the citizen's; who was
  // faster than this script keeps theirs.
  const filled = vote ? `of ${signer}` : 'none';
  if (act && ticked !== filled && (ticked || !touched)) fillForm($form, vote ? vote.body : {});
  $form.dataset.ticked = filled;
}

/**
 * @param {Page} page
 * @param {HTMLFormElement} $form
 */
async function withdrawVote(page, $form) {
  const draft = draftOf($form);
  const act = standingAct(await page.store.all('acts'), placeOf(draft));
  if (!act) return;
  const kept = await withdrawAct(page.store, page.site, { ...act, mh: draft.mh }, Date.now() / 1000);
  if (kept) return showAndSend(page, $form, { store: page.store, ...kept });
  $form.reset();
  statusPlace($form).replaceChildren(element('p', {}, say('unsent')));
  page.tell(say('unsent'));
}

/** @param {Page} page */
export async function startOwnVotes(page) {
  const $slots = findAll('[data-my-slot]');
  const forms = actForms().filter(($form) => $form.dataset.slot);
  if (!$slots.length && !forms.length) return;
  const refresh = async () => {
    const acts = await page.store.all('acts');
    for (const $slot of $slots) showOwnVote($slot, acts, forms[0]?.dataset.mh);
    for (const $form of forms) fitForm(page, $form, acts);
  };
  for (const $form of forms) {
    const $withdraw = find('[data-withdraw]', $form);
    if (!$withdraw) continue;
    $withdraw.addEventListener('click', async () => {
      await withdrawVote(page, $form);
      await refresh();
      // The button that had the focus is gone.
      const $first = find('input', $form);
      if ($withdraw.hidden && $first) $first.focus();
    });
  }
  onChange(() => void refresh());
  await refresh();
}
