// The photos of a form: made small, kept on this phone, described, taken away again; sent after the act.
import { b64u, sha256 } from './canonical.mjs';
import { button, element, findAll } from './elements.mjs';
import { photosOf, unsentPhotos } from './act_photos.mjs';
import { shrinkPhoto } from './photo_shrink.mjs';
import { normalise } from './text.mjs';
import { say } from './words.mjs';

const MOST = 3;
const DAY = 86400;

/** @typedef {{ name: string, $alt: HTMLInputElement, $shot: HTMLElement, url: string }} Shot */

class PhotoField {
  /**
   * @param {Page} page
   * @param {HTMLInputElement} $input
   */
  constructor(page, $input) {
    this.page = page;
    this.$input = $input;
    this.$form = /** @type {HTMLFormElement} */ ($input.form);
    this.$said = element('p', { class: 'small' });
    this.$list = element('div', {});
    $input.after(this.$said, this.$list);
    /** @type {Shot[]} */
    this.shots = [];
    this.tail = Promise.resolve();
    $input.addEventListener('change', () => this.take());
    this.$form.addEventListener('reset', () => this.clear());
  }

  /** @param {string} text */
  tell(text) {
    this.$said.textContent = text;
    this.page.tell(text);
  }

  /** What was chosen, one after the other; the form waits meanwhile. */
  take() {
    const files = [...(this.$input.files || [])];
    if (!files.length) {
      delete this.$form.dataset.busy;
      return;
    }
    this.$form.dataset.busy = '1';
    this.tell(say('photo.working'));
    this.tail = this.tail.then(() => this.addAll(files)).then((text) => this.tell(text), () => this.tell(say('photo.room')))
      .then(() => {
        this.$input.value = '';
        delete this.$form.dataset.busy;
      });
  }

  /**
   * @param {File[]} files
   * @returns {Promise<string>} what to say
   */
  async addAll(files) {
    for (const file of files) {
      if (this.shots.length === MOST) return say('photo.most');
      const small = await shrinkPhoto(file).catch(() => null);
      if (!small) return say('photo.unreadable', { file: file.name });
      // A Response for Safari before 14, where a Blob has no arrayBuffer.
      const bytes = await new Response(small).arrayBuffer();
      const name = b64u(await sha256(new Uint8Array(bytes)));
      await this.page.store.edit('state', ['photos'], (old) => ({ ...old, [name]: { bytes, at: Date.now() / 1000 } }));
      this.show(name, small, '');
    }
    return say('photo.ready', { n: this.shots.length });
  }

  /**
   * @param {string} name
   * @param {Blob} small
   * @param {string} alt
   */
  show(name, small, alt) {
    if (this.shots.some((shot) => shot.name === name)) return;
    const id = `photo-${name}`;
    const url = URL.createObjectURL(small);
    const $alt = /** @type {HTMLInputElement} */ (element('input', { type: 'text', id, maxlength: '200', autocomplete: 'off' }));
    $alt.value = alt;
    $alt.addEventListener('input', () => this.write());
    const $remove = button(say('photo.remove'), false, () => this.remove(name));
    const $shot = element('figure', { class: 'shot' }, element('img', { src: url, alt: '' }),
      element('div', {}, element('label', { for: id }, say('photo.alt')), $alt, $remove));
    this.$list.append($shot);
    this.shots.push({ name, $alt, $shot, url });
    this.write();
  }

  /** @param {string} name */
  remove(name) {
    for (const { $shot, url } of this.shots.filter((shot) => shot.name === name)) {
      $shot.remove();
      URL.revokeObjectURL(url);
    }
    this.shots = this.shots.filter((shot) => shot.name !== name);
    this.write();
    this.tell(say('photo.removed'));
    this.$input.focus();
  }

  /** What the form's act will name (form_body.mjs); nothing at all where there is none. */
  write() {
    const $old = this.$form.querySelector('[name=photos]');
    if ($old) $old.remove();
    if (!this.shots.length) return;
    const photos = this.shots.map(({ name, $alt }) => ({ sha256: name, alt: normalise($alt.value, false) }));
    this.$form.append(element('input', { type: 'hidden', name: 'photos', value: JSON.stringify(photos) }));
  }

  clear() {
    for (const { $shot, url } of this.shots) {
      $shot.remove();
      URL.revokeObjectURL(url);
    }
    this.shots = [];
    this.$said.textContent = '';
    this.write();
  }

  /** "Corriger et renvoyer": the photos again, with what was written of them. */
  async resume() {
    const id = /^#reprendre=([\w-]+)$/.exec(location.hash);
    const act = id && /** @type {Act | undefined} */ (await this.page.store.get('acts', id[1]));
    const kept = /** @type {KeptPhotos} */ (await this.page.store.get('state', 'photos')) || {};
    for (const { sha256: name, alt } of act ? photosOf(act) : []) {
      if (kept[name]) this.show(name, new Blob([kept[name].bytes]), alt);
    }
  }
}

/**
 * Forgets what nobody sent, or the town refused, after a day.
 * @param {Page} page
 */
async function sweep({ store }) {
  const acts = /** @type {Act[]} */ (await store.all('acts'));
  const wanted = acts.filter((act) => act.state === 'refused' || act.state === 'waiting' || unsentPhotos(act).length);
  const names = new Set(wanted.flatMap(photosOf).map((one) => one.sha256));
  const oldest = Date.now() / 1000 - DAY;
  await store.edit('state', ['photos'], (/** @type {KeptPhotos | undefined} */ old) =>
    old && Object.fromEntries(Object.entries(old).filter(([name, { at }]) => names.has(name) || at > oldest)));
}

/** @param {Page} page */
export async function startPhotos(page) {
  for (const $input of findAll('input[data-photos]')) {
    const field = new PhotoField(page, /** @type {HTMLInputElement} */ ($input));
    field.take(); // chosen before this script came
    await field.resume();
  }
  await sweep(page);
}
