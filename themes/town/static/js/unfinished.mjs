// What somebody fills in stays on the phone until it is sent, or emptied: a call, or a flat battery, loses nothing. The words
// lie in localStorage; a note that they are there, without a word of them, where the worker of push can read it.
import { element, find, findAll } from './elements.mjs';
import { dropNote, KEPT_AS, putNote } from './unfinished_notes.mjs';
import { say } from './words.mjs';

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */
/** @typedef {Record<string, string[]>} Written what is filled in, by the names of its fields */

/** @param {Field} $field */
function isTicked($field) {
  return ['radio', 'checkbox'].includes($field.type);
}

/**
 * What a field says, "" for nothing; or what the page gave it.
 * @param {any} $field
 * @param {boolean} isAsGiven
 */
function valueOf($field, isAsGiven) {
  if (isTicked($field)) return (isAsGiven ? $field.defaultChecked : $field.checked) ? $field.value : '';
  if (!isAsGiven) return $field.value;
  const options = /** @type {HTMLOptionElement[]} */ ($field.options ? [...$field.options] : []);
  return options.length ? (options.find((one) => one.defaultSelected) || options[0]).value : $field.defaultValue;
}

export class Unfinished {
  /**
   * @param {Page} page
   * @param {HTMLFormElement} $form of an act
   */
  constructor(page, $form) {
    const { slot, act, mode } = $form.dataset;
    this.page = page;
    this.$form = $form;
    this.key = `${KEPT_AS}${slot || location.pathname}:${act}`;
    // Of a secret ballot the phone knows that it was begun, and not what was chosen.
    this.isSecret = mode === 'secret';
    this.isFilling = false;
    this.$note = find('[data-draft]', $form) || this.makeNote();
    // What the page itself put into the form is no draft.
    this.given = this.written(true);
  }

  makeNote() {
    const $empty = element('button', { type: 'button', class: 'btn alt' }, say('unfinished.empty'));
    const said = say(find('textarea', this.$form) ? 'unfinished' : 'unfinished.choice');
    const $note = element('p', { class: 'btns small', 'data-unfinished': true, hidden: true }, said, ' ', $empty);
    this.$form.prepend($note);
    $empty.addEventListener('click', () => this.empty());
    return $note;
  }

  /** @returns {Field[]} */
  fields() {
    const typed = /** @type {Field[]} */ (findAll('input, select, textarea', this.$form));
    return typed.filter(({ name, type }) => name && !['hidden', 'file'].includes(type));
  }

  /** @param {boolean} [isAsGiven] */
  written(isAsGiven = false) {
    /** @type {Written} */
    const written = {};
    for (const $field of this.fields()) {
      const value = $field.disabled ? '' : valueOf($field, isAsGiven);
      if (value) written[$field.name] = [...(written[$field.name] || []), value];
    }
    return JSON.stringify(written);
  }

  /** @param {string} written */
  fill(written) {
    const words = JSON.parse(written);
    for (const $field of this.fields()) {
      const said = [].concat(words[$field.name] || []).map(String);
      if (isTicked($field)) /** @type {HTMLInputElement} */ ($field).checked = said.includes($field.value);
      else if ($field instanceof HTMLSelectElement) {
        const values = [...$field.options].map((one) => one.value);
        $field.value = values.find((one) => one && said.includes(one)) || values[0];
      } else $field.value = said[0] || '';
    }
    this.isFilling = true;
    this.$form.dispatchEvent(new Event('change'));
    this.isFilling = false;
  }

  /** @param {boolean} isTouched whether somebody has filled in something before this script was there */
  begin(isTouched) {
    const { $form } = this;
    for (const type of ['reset', 'queued']) $form.addEventListener(type, () => this.forget());
    $form.addEventListener('input', () => this.keep());
    $form.addEventListener('change', ({ target }) => {
      if (target !== $form) this.keep();
      else if (!this.isFilling) this.given = this.written();
    });
    if (isTouched) return this.keep();
    if (!$form.dataset.slot || $form.dataset.ticked) return this.restore();
    // What was cast before is filled in first.
    const watch = new MutationObserver(() => {
      watch.disconnect();
      this.restore();
    });
    watch.observe($form, { attributeFilter: ['data-ticked'] });
  }

  restore() {
    const { ticked = '' } = this.$form.dataset;
    if (ticked.startsWith('of')) this.given = this.written();
    const written = localStorage.getItem(this.key);
    // Somebody went back to what they had sent.
    if (written === this.given) return this.forget();
    // "Corriger et renvoyer" brings words of its own.
    if (written === null || this.isSecret || location.hash.startsWith('#reprendre=')) return;
    this.fill(written);
    this.$note.hidden = false;
    this.note();
  }

  keep() {
    const written = this.written();
    if (written === this.given) return this.forget();
    localStorage.setItem(this.key, this.isSecret ? '{}' : written);
    // Nothing moves under the finger of who chooses: what is chosen is said to be kept when they come back.
    if (!('unfinished' in this.$note.dataset) || find('textarea', this.$form)) this.$note.hidden = false;
    this.note();
  }

  note() {
    const { act = '', consultation = '', title, page, closes } = this.$form.dataset;
    const $title = find('h1');
    void putNote(this.page.store, this.key, {
      kind: act, consultation, title: title || ($title && $title.textContent) || '', page: page || location.pathname, closes: Number(closes || 0),
      at: Math.floor(this.page.now()),
    }).catch(console.error);
  }

  empty() {
    if (!this.$form.dataset.slot) return this.$form.reset();
    this.fill(this.given);
    this.forget();
  }

  forget() {
    this.$note.hidden = true;
    localStorage.removeItem(this.key);
    void dropNote(this.page.store, this.key).catch(console.error);
  }
}
