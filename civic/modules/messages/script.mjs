// Letters to the town hall: sealed before the form signs them, shown with what was answered. Their words stay in the acts
// that this phone keeps; the arithmetic is in an asset that the page loads before this one (letters_asset.mjs).

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, { element, find, findAll, onChange, readBody, say, sayMoment, showFaults }) {
  const $box = find('[data-letters]');
  if (!$box || !globalThis.crypto || !crypto.subtle) return;
  const slug = $box.dataset.slug || '';
  const $form = /** @type {HTMLFormElement | undefined} */ (find('form', $box));
  const { store, site } = page;
  const { askReplies, openAnswer, sealLetter } = /** @type {any} */ (globalThis).PREAU.letters;

  /** @param {string} name @returns {HTMLInputElement} */
  const field = (name) => /** @type {any} */ ($form).elements.namedItem(name);

  /** The letters of this phone that stand, oldest first, by the first of their talk. */
  async function readTalks() {
    const acts = /** @type {Act[]} */ (await store.all('acts')).filter((act) => act.consultation === slug && !act.carried);
    const gone = new Set(acts.filter((act) => act.kind === 'withdraw').map((act) => act.slot));
    /** @type {Map<string, Act[]>} */
    const talks = new Map();
    for (const act of acts.sort((one, other) => one.made - other.made)) {
      if (act.kind !== 'missive' || gone.has(act.slot) || act.state === 'refused' || !act.kept) continue;
      const thread = String(act.body.thread || act.slot.split(':')[1]);
      talks.set(thread, [...(talks.get(thread) || []), act]);
    }
    return talks;
  }

  /** @param {string} who @param {string} text @param {string} lang */
  function line(who, text, lang) {
    const $text = element('div', { lang: lang || false, dir: 'auto' }, ...text.split('\n').map((part) => element('p', {}, part)));
    return element('li', {}, element('p', { class: 'small soft' }, who), $text);
  }

  /** @param {string} thread @param {Act[]} acts */
  async function sheetOf(thread, acts) {
    const { status = '', answers = [] } = acts[0].replies || {};
    const lines = acts.map((act) => ({ at: act.rx || act.made, $: line(say('letters.you', { when: sayMoment(act.rx || act.made) }), /** @type {any} */ (act.kept).text, '') }));
    for (const answer of answers) {
      const said = await openAnswer(page, slug, thread, answer);
      const who = say('letters.town', { name: said ? said.name : '', when: sayMoment(answer.at) });
      lines.push({ at: answer.at, $: line(who, said ? said.text : say('letters.unread'), said ? said.lang : '') });
    }
    lines.sort((one, other) => one.at - other.at);
    const isWaiting = acts[acts.length - 1].state === 'waiting';
    const word = say(isWaiting ? 'phone' : `letters.${status || 'new'}`);
    const subject = /** @type {any} */ (acts[0].kept).subject;
    const $again = element('button', { type: 'button', class: 'btn alt' }, say('letters.again'), element('span', { class: 'vh' }, ` ${subject}`));
    $again.addEventListener('click', () => goOn(thread, subject));
    return element('article', { class: 'sheet', 'data-thread': thread },
      element('p', { class: 'kind' }, element('span', { class: `st ${isWaiting ? 'phone' : 'got'}` }, word)),
      element('h3', { dir: 'auto' }, subject), element('ul', { class: 'talk' }, ...lines.map((one) => one.$)),
      ...($form ? [element('p', { class: 'btns' }, $again)] : []));
  }

  async function show() {
    const sheets = [];
    for (const [thread, acts] of await readTalks()) sheets.unshift(await sheetOf(thread, acts));
    find('[data-list]', $box).replaceChildren(...sheets);
    find('[data-talks]', $box).hidden = !sheets.length;
  }

  /** Asks what was answered; true where something is new. It is kept with the first letter, still sealed. */
  async function fetchAnswers() {
    const talks = await readTalks();
    const received = [...talks].filter(([, acts]) => acts[0].no).slice(-100);
    if (!received.length) return false;
    const ports = { store, site, fetch: window.fetch.bind(window), now: page.now };
    const { status, body } = await askReplies(ports, slug, received.map(([thread]) => thread));
    let isNew = false;
    for (const { thread, ...replies } of status === 200 ? body.threads : []) {
      const first = /** @type {Act[]} */ (talks.get(thread))[0];
      isNew = isNew || replies.answers.length > ((first.replies && first.replies.answers.length) || 0);
      await store.edit('acts', [first.id], (old) => old && { ...old, replies });
    }
    return isNew;
  }

  /** @param {string} thread @param {string} subject */
  function goOn(thread, subject) {
    const $about = find('[data-about]', $form);
    field('thread').value = thread;
    field('subject').value = subject;
    $about.hidden = !thread;
    find('span', $about).textContent = say('letters.about', { subject });
    /** @type {HTMLElement} */ (field('subject').parentElement).hidden = Boolean(thread);
    field(thread ? 'text' : 'subject').focus();
  }

  /** Reads what was typed, seals it into the hidden fields, and hands the form on to be signed. @param {HTMLFormElement} $write */
  async function sealForm($write) {
    const members = $write.dataset.body;
    $write.dataset.body = 'subject text';
    const { body, faults } = readBody($write);
    $write.dataset.body = members;
    const words = { subject: String(body.subject), text: String(body.text), lang: site.lang };
    const letter = { consultation: slug, to: field('to').value, point: $box.dataset.point, thread: field('thread').value };
    const sealed = faults.length ? null : await sealLetter(page, letter, words);
    if (!sealed) return showFaults($write, faults.length ? faults : [{ field: 'text', text: say('letters.long'), missing: false }]);
    field('reply').value = sealed.reply;
    field('sealed').value = sealed.sealed;
    Object.assign($write.dataset, { title: words.subject, kept: JSON.stringify(words), ready: '1' });
    $write.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    delete $write.dataset.ready;
    delete $write.dataset.kept;
    goOn('', '');
  }

  /** A letter that was refused, again: "Corriger et renvoyer". */
  async function resume() {
    const id = /^#reprendre=([\w-]+)$/.exec(location.hash);
    const act = id && /** @type {Act | undefined} */ (await store.get('acts', id[1]));
    if (!act || !act.kept) return;
    goOn(String(act.body.thread || ''), act.kept.subject);
    field('text').value = act.kept.text;
  }

  if ($form) {
    $box.addEventListener('submit', (event) => {
      if ($form.dataset.ready) return;
      event.preventDefault();
      event.stopPropagation();
      if ($form.dataset.busy) return;
      void sealForm($form).catch((error) => {
        console.error(error);
        showFaults($form, [{ field: '', text: say('letters.unable'), missing: false }]);
      });
    }, true);
    find('[data-about] button', $form).addEventListener('click', () => goOn('', ''));
    for (const $fields of findAll('fieldset[disabled]', $form)) /** @type {any} */ ($fields).disabled = false;
    void resume();
  }
  onChange(() => void show().catch(console.error));
  void show().then(fetchAnswers).then(async (isNew) => {
    await show();
    find('[data-news]', $box).hidden = !isNew;
    if (isNew) page.tell((find('[data-news]', $box).textContent || '').trim());
  }).catch(console.error);
}
