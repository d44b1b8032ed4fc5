// The talks of this phone with the town hall, and the form that begins or continues one. What is said is in the page,
// hidden in `data-…` of the list; what was said stays in the acts that this phone keeps.
import { onChange } from './changes.mjs';
import { element, find } from './elements.mjs';
import { askReplies, openAnswer, sealLetter } from './letters.mjs';
import { say, sayMoment } from './words.mjs';

const MOST_ASKED = 100; // talks asked about at once

/**
 * The letters of this phone that stand, oldest first, by the first of their talk.
 * @param {Store} store
 * @param {DOMStringMap} box
 */
async function readTalks(store, { slug, kind }) {
  const acts = /** @type {Act[]} */ (await store.all('acts')).filter((act) => act.consultation === slug && !act.carried);
  const gone = new Set(acts.filter((act) => act.kind === 'withdraw').map((act) => act.slot));
  /** @type {Map<string, Act[]>} */
  const talks = new Map();
  for (const act of acts.sort((one, other) => one.made - other.made)) {
    if (act.kind !== kind || gone.has(act.slot) || act.state === 'refused' || !act.kept) continue;
    const thread = String(act.body.thread || act.slot.split(':')[1]);
    talks.set(thread, [...(talks.get(thread) || []), act]);
  }
  return talks;
}

/**
 * @param {string} who
 * @param {string} text what somebody wrote
 * @param {string} lang
 */
function lineOf(who, text, lang) {
  const paragraphs = text.split('\n').map((part) => element('p', {}, part));
  return element('li', {}, element('p', { class: 'small soft' }, who), element('div', { lang: lang || false, dir: 'auto' }, ...paragraphs));
}

class LettersPage {
  /**
   * @param {Page} page
   * @param {HTMLElement} $box
   * @param {Tools} tools
   */
  constructor(page, $box, tools) {
    this.page = page;
    this.$box = $box;
    this.tools = tools;
    this.$list = find('[data-list]', $box);
    this.$form = /** @type {HTMLFormElement | undefined} */ (find('form', $box));
    this.slug = $box.dataset.slug || '';
  }

  /**
   * @param {string} name
   * @param {Record<string, string>} [values]
   */
  told(name, values = {}) {
    return (this.$list.dataset[name] || '').replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement}
   */
  field(name) {
    return /** @type {any} */ (this.$form).elements.namedItem(name);
  }

  /**
   * @param {string} thread
   * @param {Act[]} acts
   */
  async linesOf(thread, acts) {
    const lines = acts.map((act) => {
      const at = act.rx || act.made;
      return { at, $line: lineOf(this.told('you', { when: sayMoment(at) }), String(act.kept && act.kept.text), '') };
    });
    for (const answer of (acts[0].replies && acts[0].replies.answers) || []) {
      const said = await openAnswer(this.page, this.slug, thread, answer);
      const who = this.told('town', { name: said ? said.name : '', when: sayMoment(answer.at) });
      lines.push({ at: answer.at, $line: lineOf(who, said ? said.text : this.told('unread'), said ? said.lang : '') });
    }
    return lines.sort((one, other) => one.at - other.at).map((one) => one.$line);
  }

  /**
   * @param {string} thread
   * @param {Act[]} acts
   */
  async sheetOf(thread, acts) {
    const isWaiting = acts[acts.length - 1].state === 'waiting';
    const subject = String(acts[0].kept && acts[0].kept.subject);
    const word = isWaiting ? say('phone') : this.told((acts[0].replies && acts[0].replies.status) || 'new');
    const $again = element('button', { type: 'button', class: 'btn alt' }, this.told('again'), element('span', { class: 'vh' }, ` ${subject}`));
    $again.addEventListener('click', () => this.goOn(thread, subject));
    return element('article', { class: 'sheet', 'data-thread': thread },
      element('p', { class: 'kind' }, element('span', { class: `st ${isWaiting ? 'phone' : 'got'}` }, word)),
      element('h3', { dir: 'auto' }, subject), element('ul', { class: 'talk' }, ...(await this.linesOf(thread, acts))),
      ...(this.$form ? [element('p', { class: 'btns' }, $again)] : []));
  }

  async show() {
    const sheets = [];
    for (const [thread, acts] of await readTalks(this.page.store, this.$box.dataset)) sheets.unshift(await this.sheetOf(thread, acts));
    this.$list.replaceChildren(...sheets);
    find('[data-talks]', this.$box).hidden = !sheets.length;
  }

  /** Asks what was answered, and keeps it with the first letter, still sealed; true where something is new. */
  async fetchAnswers() {
    const { store, site, now } = this.page;
    const talks = await readTalks(store, this.$box.dataset);
    const received = [...talks].filter(([, acts]) => acts[0].no).map(([thread]) => thread).slice(-MOST_ASKED);
    if (!received.length) return false;
    const { status, body } = await askReplies({ store, site, fetch: window.fetch.bind(window), now }, this.slug, received);
    let isNew = false;
    for (const { thread, ...replies } of status === 200 ? body.threads : []) {
      const [first] = /** @type {Act[]} */ (talks.get(thread));
      isNew = isNew || replies.answers.length > ((first.replies && first.replies.answers.length) || 0);
      await store.edit('acts', [first.id], (old) => old && { ...old, replies });
    }
    return isNew;
  }

  async start() {
    onChange(() => void this.show().catch(console.error));
    await this.show();
    await this.resume();
    const isNew = await this.fetchAnswers();
    await this.show();
    if (!isNew) return;
    const $news = find('[data-news]', this.$box);
    $news.hidden = false;
    this.page.tell(($news.textContent || '').trim());
  }

  /**
   * Points the form at a talk, or at none.
   * @param {string} thread
   * @param {string} subject
   */
  goOn(thread, subject) {
    const $going = find('[data-going]', this.$form);
    this.field('thread').value = thread;
    this.field('subject').value = subject;
    $going.hidden = !thread;
    find('span', $going).textContent = this.told('about', { subject });
    /** @type {HTMLElement} */ (this.field('subject').parentElement).hidden = Boolean(thread);
    find('button', $going).onclick = () => this.goOn('', '');
    this.field(thread ? 'text' : 'subject').focus();
  }

  /** A letter that was refused, again: "Corriger et renvoyer". */
  async resume() {
    const id = /^#reprendre=([\w-]+)$/.exec(location.hash);
    const act = this.$form && id && /** @type {Act | undefined} */ (await this.page.store.get('acts', id[1]));
    if (!act || !act.kept) return;
    this.goOn(String(act.body.thread || ''), act.kept.subject);
    this.field('text').value = act.kept.text;
  }

  /**
   * Reads what was typed, seals it into the hidden fields, and hands the form on to be signed.
   * @param {HTMLFormElement} $form
   */
  async seal($form) {
    const members = $form.dataset.body;
    $form.dataset.body = 'subject text';
    const { body, faults } = this.tools.readBody($form);
    $form.dataset.body = members;
    if (faults.length) return this.tools.showFaults($form, faults);
    const words = { subject: String(body.subject), text: String(body.text), lang: this.page.site.lang };
    const place = { consultation: this.slug, to: this.field('to').value, point: this.$box.dataset.point || '' };
    const sealed = await sealLetter(this.page, { ...place, thread: this.field('thread').value }, words);
    if (!sealed) return this.tools.showFaults($form, [{ field: 'text', text: this.told('long'), missing: false }]);
    this.field('reply').value = sealed.reply;
    this.field('sealed').value = sealed.sealed;
    Object.assign($form.dataset, { title: words.subject, kept: JSON.stringify(words), ready: '1' });
    // Read at once, while it is marked as ready: nothing is left in the page of what was sealed.
    $form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    delete $form.dataset.ready;
    delete $form.dataset.kept;
    this.goOn('', '');
  }
}

/**
 * @param {Page} page
 * @param {HTMLElement} $box
 * @param {Tools} tools
 */
export function openLetters(page, $box, tools) {
  const here = new LettersPage(page, $box, tools);
  void here.start().catch(console.error);
  return here;
}
