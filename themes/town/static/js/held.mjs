// What the town holds of a person, shown on the page, and what the person may do about it.
import { announceChange } from './changes.mjs';
import { element, find, findAll, focusOn } from './elements.mjs';
import { clearFaults, showFaults } from './form_faults.mjs';
import { askAsDevice, dropForeignKeys, forgetAll, readHeld } from './person_requests.mjs';
import { dropNote, readNotes } from './unfinished_notes.mjs';
import { sayDay, sayNumber } from './words.mjs';

/** @typedef {import('./person_page.mjs').PersonPage} Here */

/**
 * Asks the town and shows its answer, or says why there is none.
 * @param {Here} here
 * @param {boolean} isNew whether the phone has just become known
 */
export async function showHeld(here, isNew) {
  if (isNew) await dropForeignKeys(here.doors);
  const answer = await readHeld(here.doors);
  if (answer.status !== 200) return here.fail(answer);
  const held = /** @type {Held} */ (answer.body);
  showIdentities(held);
  showRights(held);
  showDevices(here, held);
  showConsents(here, held);
  showMinors(here, held);
  showProfile(here, held);
  const $file = find('[data-download]', here.$person);
  $file.onclick = () => saveHeld(here, held);
  offerErasure(here);
}

/**
 * The name the page gives to something the town calls by a code, or that code.
 * @param {string} kind
 * @param {string} code
 */
function nameOf(kind, code) {
  const $name = findAll(`[data-${kind}]`).find(($one) => $one.dataset[kind] === code);
  return ($name && $name.textContent) || code;
}

/**
 * Something that can't be undone, in two steps: [data-ask] opens [data-sure], whose [data-yes] does it, [data-no] not.
 * @param {HTMLElement} $box
 * @param {() => void} act
 */
function askTwice($box, act) {
  const [$ask, $sure, $yes, $no] = ['ask', 'sure', 'yes', 'no'].map((name) => find(`[data-${name}]`, $box));
  const open = (/** @type {boolean} */ isOpen) => {
    $ask.hidden = isOpen;
    $sure.hidden = !isOpen;
    if (isOpen) focusOn($sure);
    else $ask.focus();
  };
  $ask.addEventListener('click', () => open(true));
  $no.addEventListener('click', () => open(false));
  $yes.addEventListener('click', () => {
    open(false);
    act();
  });
}

/** @param {Held} held */
function showIdentities({ identities, contact, acts }) {
  const lines = identities.map(({ method, since }) => element('li', {}, `${nameOf('method', method)}, ${sayDay(since)}`));
  find('[data-identities]').replaceChildren(...lines);
  find('[data-contact]').hidden = !contact;
  find('[data-address]').textContent = contact;
  const sent = acts.map(({ no, consultation, rx }) =>
    element('li', {}, `n° ${sayNumber(no)}, ${nameOf('consultation', consultation)}, ${sayDay(rx)}`));
  find('[data-acts]').replaceChildren(...sent);
  find('[data-acts-number]').textContent = sayNumber(acts.length);
}

/**
 * For what there is a ballot of this person's: all that the town knows of their secret votes.
 * @param {Held} held
 */
function showRights({ rights = [] }) {
  const $rights = find('[data-rights]');
  if (!$rights) return;
  $rights.hidden = !rights.length;
  const named = new Set(rights.map(({ consultation }) => nameOf('consultation', consultation)));
  find('ul', $rights).replaceChildren(...[...named].map((name) => element('li', {}, name)));
}

/**
 * A copy of what a <template> holds.
 * @param {string} name
 */
function pieceOf(name) {
  const { content } = /** @type {HTMLTemplateElement} */ (find(`template[data-${name}]`));
  return /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
}

/**
 * Asks the town for a change and shows what is so afterwards.
 * @param {Here} here
 * @param {'revoke' | 'consent' | 'profile'} what
 * @param {object} body
 * @param {string} notice
 */
async function changeHeld(here, what, body, notice) {
  const answer = await askAsDevice(here.doors, what, body);
  if (answer.status !== 200) return here.fail(answer);
  await here.held();
  here.notify(notice);
}

/**
 * @param {Here} here
 * @param {Held} held
 */
function showDevices(here, { devices }) {
  const rows = devices.map((device) => {
    const $row = pieceOf('device');
    for (const $one of findAll('[data-this]', $row)) $one.hidden = !device.this;
    for (const $one of findAll('[data-other]', $row)) $one.hidden = device.this;
    find('[data-day]', $row).textContent = sayDay(device.since);
    find('[data-revoked]', $row).hidden = device.revoked === null;
    find('[data-end]', $row).textContent = device.revoked === null ? '' : sayDay(device.revoked);
    find('[data-live]', $row).hidden = device.revoked !== null;
    askTwice($row, () => void here.inTurn(async () => {
      await changeHeld(here, 'revoke', { kid: device.kid }, 'revoked');
      focusOn(find(device.this ? '#who' : '#devices'));
    }));
    return $row;
  });
  find('[data-devices]').replaceChildren(...rows);
}

/**
 * @param {Here} here
 * @param {Held} held
 */
function showConsents(here, { consents }) {
  const rows = findAll('[data-purpose]').map(($purpose) => {
    const purpose = $purpose.dataset.purpose || '';
    const $row = pieceOf('consent');
    const $box = /** @type {HTMLInputElement} */ (find('input', $row));
    find('[data-name]', $row).textContent = $purpose.textContent;
    // What was never said is not forbidden.
    $box.checked = consents[purpose] !== false;
    $box.addEventListener('change', () => void here.inTurn(() =>
      changeHeld(here, 'consent', { purpose, on: $box.checked }, $box.checked ? 'allowed' : 'withdrawn')));
    return $row;
  });
  find('[data-consents]').replaceChildren(...rows);
}

/**
 * The minors of the household, for whom an adult may say yes. The town's list has no name to show.
 * @param {Here} here
 * @param {Held} held
 */
function showMinors(here, { minors = [] }) {
  const $minors = find('[data-minors]');
  if (!$minors) return;
  $minors.hidden = !minors.length;
  const rows = minors.map(({ purpose, year, on }) => {
    const $row = pieceOf('minor');
    const $box = /** @type {HTMLInputElement} */ (find('input', $row));
    find('[data-year]', $row).textContent = year;
    $box.checked = on;
    $box.addEventListener('change', () => void here.inTurn(() =>
      changeHeld(here, 'consent', { purpose, on: $box.checked }, $box.checked ? 'allowed' : 'withdrawn')));
    return $row;
  });
  find('ul', $minors).replaceChildren(...rows);
}

/**
 * What the person says of themselves for results by group: the fields that the town's consultations ask for.
 * @param {Here} here
 * @param {Held} held
 */
function showProfile(here, { profile }) {
  const $section = find('[data-profile]', here.$person);
  if (!$section) return;
  const $form = /** @type {HTMLFormElement} */ (find('form', $section));
  const fieldOf = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (find(`[name=${name}]`, $form));
  for (const [name, value] of Object.entries(profile || { born: 0, gender: '', neighbourhood: '' })) {
    const $field = fieldOf(name);
    if ($field) $field.value = value ? String(value) : '';
  }
  const said = (/** @type {string} */ name) => (fieldOf(name)?.value || '').trim();
  $form.noValidate = true;
  $form.onsubmit = (event) => {
    event.preventDefault();
    const year = new Date(here.page.now() * 1000).getFullYear();
    const [written, text] = [said('born'), fieldOf('born')?.dataset.wrong || ''];
    const isYear = /^\d{4}$/.test(written) && Number(written) >= 1880 && Number(written) <= year;
    if (written && !isYear) return showFaults($form, [{ field: 'born', text, missing: false }]);
    clearFaults($form);
    const answers = { born: Number(written), gender: said('gender'), neighbourhood: said('neighbourhood') };
    const notice = Object.values(answers).some(Boolean) ? 'profiled' : 'unprofiled';
    void here.inTurn(() => changeHeld(here, 'profile', answers, notice));
  };
  const $withdraw = find('[data-withdraw]', $section);
  $withdraw.hidden = !profile;
  $withdraw.onclick = () => void here.inTurn(async () => {
    await changeHeld(here, 'consent', { purpose: 'profile', on: false }, 'unprofiled');
    find('summary', $section).focus();
  });
  $section.hidden = false;
}

/**
 * @param {Here} here
 * @param {Held} held
 */
function saveHeld({ page }, held) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(held, null, 1)], { type: 'application/json' }));
  element('a', { href: address, download: `preau-${page.site.space}-moi.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/**
 * What was begun on this phone, and not sent, goes with the rest.
 * @param {Store} store
 */
async function forgetUnfinished(store) {
  for (const key of Object.keys(await readNotes(store))) {
    localStorage.removeItem(key);
    await dropNote(store, key);
  }
}

/**
 * "Tout effacer": at the town first, then here.
 * @param {Here} here
 */
function offerErasure(here) {
  askTwice(find('[data-erase]', here.$person), () => void here.inTurn(async () => {
    const answer = await askAsDevice(here.doors, 'erase');
    if (answer.status !== 200) return here.fail(answer);
    await forgetAll(here.doors);
    await forgetUnfinished(here.doors.store);
    announceChange({ outbox: true });
    await here.show();
    here.notify('erased');
    focusOn(find('[data-standing]', here.$person));
  }));
}
