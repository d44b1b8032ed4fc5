// A separate asset, one a language: only the pages of a consultation have forms of acts, and what modules bring for them.
import { onChange } from './changes.mjs';
import { component } from './component.mjs';
import { element, find, findAll } from './elements.mjs';
import { readBody } from './form_body.mjs';
import { actForms, startForms } from './forms.mjs';
import { HERE } from './here.mjs';
import { offerPhotos } from './photo_offer.mjs';
import { sayFaults } from './pressed.mjs';
import { learnWords, say } from './words.mjs';

/**
 * What few want of a form comes once somebody reaches for it: a button pressed before it was there is pressed again.
 * @param {HTMLElement} $part
 */
function startPart($part) {
  const load = () => import($part.dataset.part || '');
  $part.addEventListener('click', ({ target }) => {
    void load().then(() => target instanceof HTMLButtonElement && target.click());
  }, { once: true });
  $part.closest('form')?.addEventListener('change', () => void load(), { once: true });
}

/**
 * What this phone did before is shown by a script of its own, once there is something to show.
 * @param {Page} page
 */
async function startOwn(page) {
  const look = async () => {
    if ((await page.store.all('acts')).length) await import(OWN_URL);
    // Nothing was chosen here before: what is in the form is the citizen's.
    else for (const { dataset } of actForms()) dataset.ticked = dataset.ticked || 'none';
  };
  onChange(() => void look().catch(console.error));
  await look();
}

/** @param {Page} page */
function startActs(page) {
  component('forms', () => startForms(page));
  for (const $part of findAll('[data-part]')) component('part', () => startPart($part));
  for (const $field of findAll('[data-photos]')) component('photos', () => offerPhotos($field));
  component('own acts', () => startOwn(page));
  // What is of use only to who writes, or opens something, is loaded then.
  const late = () => {
    void import(UNFINISHED_URL);
    findAll('[data-late]').forEach((one) => void import(one.dataset.late || ''));
  };
  component('unfinished', async () => localStorage.length && (await import(UNFINISHED_URL)));
  for (const type of ['input', 'toggle']) addEventListener(type, late, { once: true, capture: true });
  const tools = { element, find, findAll, readBody, say, showFaults: sayFaults };
  for (const start of BROUGHT) component('module', () => start(page, tools));
}

learnWords(ACT_WORDS);
if (HERE.page) startActs(HERE.page);
