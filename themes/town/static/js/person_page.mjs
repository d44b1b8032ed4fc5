// "Vous et ce téléphone": how this phone is made known to the town. The words are in the page: person_view.mjs.
import { announceChange } from './changes.mjs';
import { readCensusCode } from './census_code.mjs';
import { find, findAll, focusOn } from './elements.mjs';
import { checkCensusCode, endEnrolment, finishEnrolment, pendingEnrolment, startEnrolment } from './enrolment.mjs';
import { clearFaults, showFaults } from './form_faults.mjs';
import { doorsOf, isProvider, notify, notifyFailure, showPerson } from './person_view.mjs';

const FIRST_POLL = 4000;
const LAST_POLL = 30000;

/**
 * @param {HTMLFormElement} $form
 * @param {'missing' | 'wrong'} what
 */
function showFault($form, what) {
  const { name, dataset } = fieldOf($form);
  showFaults($form, [{ field: name, text: dataset[what] || '', missing: what === 'missing' }]);
}

/**
 * @param {HTMLElement} $form
 * @returns {HTMLInputElement}
 */
function fieldOf($form) {
  return /** @type {HTMLInputElement} */ (find('input', $form));
}

/**
 * What was typed, as the town takes it; null after saying what is wrong with it.
 * @param {HTMLFormElement} $form
 */
function readProof($form) {
  const written = fieldOf($form).value.trim();
  const isDigits = $form.dataset.enrol === undefined;
  const proof = isDigits ? written.replace(/\D/g, '') : readCensusCode(written);
  const isWhole = isDigits ? proof.length === 8 : proof;
  if (!isWhole) return showFault($form, written ? 'wrong' : 'missing');
  clearFaults($form);
  return proof;
}

/** The code in the address, which forgets it: it serves once, and a copy of the address should not have it. */
function takeCode() {
  const [, name = '', code = ''] = /^#([cl])=(\d{8}|[\w*~$=]{11})$/.exec(location.hash) || [];
  if (code) history.replaceState(null, '', location.pathname + location.search);
  return { name, code };
}

/** Everything that happens on the page, in the order in which it was asked for: two answers never cross. */
export class PersonPage {
  /**
   * @param {Page} page
   * @param {HTMLElement} $person
   */
  constructor(page, $person) {
    this.page = page;
    this.$person = $person;
    this.doors = doorsOf(page);
    this.wait = FIRST_POLL;
    this.timer = 0;
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
  }

  /** @param {() => Promise<unknown>} work */
  inTurn(work) {
    this.turn = this.turn.then(work).catch((error) => {
      console.error(error);
      this.notify('failed');
    });
    return this.turn;
  }

  /** @param {string} name */
  notify(name) {
    notify(this.page, name);
  }

  /** @param {Answer} answer */
  fail(answer) {
    notifyFailure(this.page, answer);
  }

  show() {
    return showPerson(this.page, this.$person);
  }

  /**
   * @param {HTMLFormElement} $form
   * @param {string} method
   */
  async start($form, method) {
    const to = method === 'email' ? fieldOf($form).value.trim() : '';
    if (method === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(to)) return showFault($form, to ? 'wrong' : 'missing');
    const proof = method === 'census' ? readProof($form) : '';
    if (typeof proof !== 'string') return;
    clearFaults($form);
    const answer = await startEnrolment(this.doors, method, to);
    if (answer.status !== 202) return this.fail(answer);
    if (proof) return this.finish($form, proof);
    $form.reset();
    await this.show();
    if (answer.body.go) return location.assign(answer.body.go);
    this.notify('sent');
    find('[data-code]', this.$person).focus();
    this.wait = FIRST_POLL;
    this.pollLater();
  }

  /** @param {HTMLFormElement} $form */
  async submit($form) {
    const method = $form.dataset.enrol;
    if (method) return this.start($form, method);
    const proof = readProof($form);
    if (proof) await this.finish($form, proof);
  }

  /**
   * @param {HTMLFormElement | null} $form null where nobody typed: the page only asks whether the link was opened
   * @param {string} proof
   */
  async finish($form, proof) {
    const { method = '' } = (await pendingEnrolment(this.doors)) || {};
    const answer = await finishEnrolment(this.doors, proof);
    if (answer.status === 200) return this.welcome();
    if ($form && $form.dataset.enrol) await this.stop();
    const isOver = !(await pendingEnrolment(this.doors));
    if (isOver) await this.show();
    if ($form && answer.body.code === 'bad_proof') return showFault($form, 'wrong');
    if (isOver && answer.body.code === 'expired' && isProvider(method)) return this.notify('stopped');
    if ($form || isOver) this.fail(answer);
  }

  /**
   * Back from a provider, with the code that proves it was this person's browser that answered there.
   * @param {string} code
   */
  async comeBack(code) {
    if (await pendingEnrolment(this.doors)) {
      return this.finish(/** @type {HTMLFormElement} */ (find('form[data-return]', this.$person)), code);
    }
    // Begun in another browser: an installed application keeps to itself what it remembers.
    find('[data-returned]', this.$person).textContent = code.replace(/(\d{4})/, '$1\u00a0');
    this.notify('elsewhere');
  }

  /**
   * The square of a letter brings its code: it is written where it goes, and left to its owner to send.
   * @param {string} code
   */
  writeLetter(code) {
    const $field = /** @type {HTMLInputElement | null} */ (find('form[data-enrol=census] input', this.$person));
    if (!$field) return;
    $field.value = code.replace(/(.{4})(.{4})/, '$1 $2 ');
    $field.focus();
  }

  /** @param {HTMLFormElement} $form */
  async check($form) {
    const code = readProof($form);
    if (!code) return;
    const answer = await checkCensusCode(this.doors, code);
    if (answer.status !== 200) return this.fail(answer);
    if (answer.body.standing === 'unknown') return showFault($form, 'wrong');
    this.notify(answer.body.standing === 'good' ? 'listed' : 'used');
  }

  async welcome() {
    announceChange({ outbox: true });
    await this.held(true);
    this.notify('welcome');
    focusOn(find('[data-standing]', this.$person));
    await this.page.deliver(true);
  }

  /**
   * What the town holds: known people alone load what shows it.
   * @param {boolean} [isNew]
   */
  async held(isNew = false) {
    await import(this.$person.dataset.held || '');
    await /** @type {any} */ (globalThis).PREAU.showHeld(this, isNew);
    await this.show();
  }

  async stop() {
    const pending = await pendingEnrolment(this.doors);
    if (pending) await endEnrolment(this.doors, pending.enrol);
    await this.show();
  }

  async poll() {
    clearTimeout(this.timer);
    if (!(await pendingEnrolment(this.doors))) return;
    if (document.visibilityState === 'visible') await this.finish(null, '');
    this.pollLater();
  }

  pollLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.inTurn(() => this.poll()), this.wait);
    this.wait = Math.min(LAST_POLL, this.wait * 1.5);
  }

  listen() {
    for (const $one of findAll('form:not([data-profile] *)', this.$person)) {
      const $form = /** @type {HTMLFormElement} */ ($one);
      $form.noValidate = true;
      $form.addEventListener('submit', (event) => {
        event.preventDefault();
        if ($form.dataset.busy) return;
        $form.dataset.busy = '1';
        void this.inTurn(() => this.submit($form)).then(() => delete $form.dataset.busy);
      });
      for (const $check of findAll('[data-check]', $form)) $check.addEventListener('click', () => void this.inTurn(() => this.check($form)));
    }
    for (const $again of findAll('[data-again]', this.$person)) $again.addEventListener('click', () => void this.inTurn(async () => {
      await this.stop();
      const $field = find('form[data-enrol] input, form[data-enrol] button', this.$person);
      if ($field) $field.focus();
    }));
    document.addEventListener('visibilitychange', () => {
      this.wait = FIRST_POLL;
      void this.inTurn(() => this.poll());
    });
  }
}

/**
 * @param {Page} page
 * @param {HTMLElement} $person
 */
export async function startPersonPage(page, $person) {
  const here = new PersonPage(page, $person);
  await here.show();
  here.listen();
  const { name, code } = takeCode();
  if (name === 'c') await here.inTurn(() => here.comeBack(code));
  if (name === 'l') here.writeLetter(code);
  await here.inTurn(() => here.poll());
  if (await page.store.get('state', 'person')) await here.inTurn(() => here.held());
}
