// Takes over the forms of acts: checks, signs, stores, then sends. Without this file they are plain forms.
import { showAndSend, statusPlace } from './act_shown.mjs';
import { sayFor } from './act_view.mjs';
import { findAll, focusOn } from './elements.mjs';
import { readBody } from './form_body.mjs';
import { addAct, dismissAct } from './outbox.mjs';
import { spareStore } from './outbox_memory.mjs';
import { phaseAt } from './phases.mjs';
import { clearFaults, expectPress, sayFaults } from './pressed.mjs';
import { say, sayMoment } from './words.mjs';

/** @returns {HTMLFormElement[]} */
export function actForms() {
  return /** @type {HTMLFormElement[]} */ (findAll('form[data-act]'));
}

/**
 * What the form says of the act, its body still empty.
 * @param {HTMLFormElement} $form
 * @returns {Draft}
 */
export function draftOf($form) {
  const { act, consultation, mh, target, title, slot, page, opens, closes, until, results, mode, grant, wait, signer, token, fetched, kept } = $form.dataset;
  return {
    kind: act || '', consultation: consultation || '', mh: mh || '', target: target || '', title: title || '', body: {},
    chosen: '', counts: Boolean(slot), slot: slot && `${act}:${slot}`, page: page || location.pathname, opens: Number(opens || 0), closes: Number(closes || 0),
    until: Number(until || 0), results: Number(results || 0), mode, grant, wait,
    ...(token ? { signer, token: JSON.parse(token), fetched: Number(fetched) } : {}), ...(kept ? { kept: JSON.parse(kept) } : {}),
  };
}

/**
 * @param {HTMLFormElement} $form
 * @returns {{ draft: Draft, faults: FormFault[] }}
 */
function readForm($form) {
  const { body, chosen, faults } = readBody($form);
  const draft = { ...draftOf($form), body, chosen };
  draft.title = draft.title || String(body.title || '');
  return { draft, faults };
}

/**
 * Stores the draft, in memory when the phone does not want to keep it.
 * @param {Page} page
 * @param {Draft} draft
 */
async function keepDraft(page, draft) {
  const made = Date.now() / 1000;
  try {
    return { store: page.store, ...(await addAct(page.store, page.site, draft, made)) };
  } catch {
    const store = await spareStore(page.store, draft.signer || draft.consultation);
    return { store, ...(await addAct(store, page.site, draft, made)) };
  }
}

/**
 * @param {Page} page
 * @param {HTMLFormElement} $form
 */
async function submitForm(page, $form) {
  const { draft, faults } = readForm($form);
  // Before the opening nothing is blocked: a phone with a flat battery believes that it is 1970. The town decides.
  if (['late', 'closed'].includes(phaseAt(draft, page.now()))) {
    const text = sayFor('late.now', draft.kind, { when: sayMoment(draft.closes) });
    faults.unshift({ field: '', text, missing: false });
  }
  if (faults.length) return sayFaults($form, faults);
  clearFaults($form);
  const kept = await keepDraft(page, draft).catch((error) => console.error(error));
  if (!kept && (draft.token || draft.kept)) return sayFaults($form, [{ field: '', text: say('unexplained'), missing: false }]);
  // Nothing was stored: the plain form is still a way in, but not where it would tell a secret.
  if (!kept) return HTMLFormElement.prototype.submit.call($form);
  if ($form.dataset.replaces) await dismissAct(page.store, $form.dataset.replaces);
  // What was filled in is no draft any more (unfinished.mjs, which may not be here yet).
  delete $form.dataset.touched;
  $form.dispatchEvent(new Event('queued'));
  if (!draft.counts) resetForm($form);
  void showAndSend(page, $form, kept).catch(console.error);
}

/** @param {HTMLFormElement} $form */
function resetForm($form) {
  $form.reset();
  delete $form.dataset.replaces;
  // Resetting leaves hidden fields as they are: what a script has filled in there belongs to the act just made.
  for (const $hidden of findAll('[data-filled]', $form)) /** @type {HTMLInputElement} */ ($hidden).value = '';
  focusOn(statusPlace($form));
}

/** @param {Page} page */
export function startForms(page) {
  // No WebCrypto (a page without TLS): leave the plain forms alone.
  if (!globalThis.crypto || !crypto.subtle) return;
  for (const $form of actForms()) {
    $form.noValidate = true;
    $form.addEventListener('input', () => ($form.dataset.touched = '1'));
    $form.addEventListener('submit', (event) => {
      event.preventDefault();
      if ($form.dataset.busy) return;
      $form.dataset.busy = '1';
      submitForm(page, $form)
        .catch(console.error)
        .finally(() => delete $form.dataset.busy);
    });
    expectPress($form);
  }
}
