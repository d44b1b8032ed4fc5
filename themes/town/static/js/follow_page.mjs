// "Rester au courant": what this phone follows, and a wish to follow one thing more. The words are in the page, hidden until
// they hold; what is to be followed is in the address: #<slug>, or #<slug>/<id>/<end of its address>.
import { find, findAll, focusOn } from './elements.mjs';
import { leavePush, subscribeToPush, whyNoPush } from './follow_push.mjs';
import { askToFollow } from './follow_requests.mjs';

const SHOWN_AS = 'follows'; // in the table `state`: by what is followed, the end of its address

/** @typedef {{ about: string, channel: string, purposes: string[] }} Followed */

/** What the address asks to follow; an address that says anything else asks nothing. */
function readAddress() {
  const [, slug = '', item = '', tail = ''] = /^#([a-z0-9-]+)(?:\/([\w-]+)\/([\w-]+))?$/.exec(location.hash) || [];
  return { slug, about: item ? `${slug}/${item}` : slug, tail };
}

/** @param {string} slug */
function linkOf(slug) {
  return findAll('a[data-consultation]').find(($one) => $one.dataset.consultation === slug);
}

class FollowPage {
  /**
   * @param {Page} page
   * @param {HTMLElement} $follow
   */
  constructor(page, $follow) {
    this.page = page;
    this.$follow = $follow;
    const { store, site, now } = page;
    /** @type {Doors} */
    this.doors = { store, site, now, fetch: window.fetch.bind(window) };
    this.wish = readAddress();
    /** @type {Followed[]} */
    this.followed = [];
  }

  /**
   * Shows one notice and says it aloud.
   * @param {string} name
   */
  notify(name) {
    for (const $one of findAll('[data-notice]', this.$follow)) {
      $one.hidden = $one.dataset.notice !== name;
      if ($one.hidden) continue;
      this.page.tell(($one.textContent || '').trim());
      $one.scrollIntoView({ block: 'nearest' });
    }
  }

  /** @param {Answer} answer */
  fail({ status, body }) {
    const named = this.$follow.querySelector(`[data-notice="${body.code}"]`);
    this.notify(status ? (named ? body.code : 'failed') : 'unreached');
  }

  /**
   * The title and address of what is followed; null for what the site does not have any more.
   * @param {string} about
   * @param {string} tail
   */
  nameOf(about, tail) {
    const $link = linkOf(about.split('/')[0]);
    if (!$link) return null;
    const isNumber = /^\d+$/.test(tail);
    const within = about.includes('/') ? (this.$follow.dataset[isNumber ? 'number' : 'part'] || '').replace('{number}', tail) : '';
    return { title: `${$link.textContent}${within}`, address: `${$link.dataset.page}${tail ? `${tail}/` : ''}` };
  }

  /** @param {HTMLElement} $a @param {string} about @param {string} tail */
  nameIn($a, about, tail) {
    const { title, address } = this.nameOf(about, tail) || { title: about, address: '' };
    $a.textContent = title;
    if (address) $a.setAttribute('href', address);
  }

  async load() {
    const answer = await askToFollow(this.doors, 'followed');
    if (answer.status !== 200) return this.fail(answer);
    this.followed = answer.body.follows;
    await this.show();
  }

  async show() {
    const tails = (await this.page.store.get('state', SHOWN_AS)) || {};
    find('[data-none]', this.$follow).hidden = this.followed.length > 0;
    find('[data-followed]', this.$follow).replaceChildren(...this.followed.map((one) => this.rowOf(one, tails[one.about] || '')));
    this.showWish();
  }

  /** @param {Followed} one @param {string} tail */
  rowOf(one, tail) {
    const { content } = /** @type {HTMLTemplateElement} */ (find('template', this.$follow));
    const $row = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
    this.nameIn(find('a', $row), one.about, tail);
    for (const $one of findAll('[data-said]', $row)) $one.hidden = ![one.channel, ...one.purposes].includes($one.dataset.said || '');
    find('button', $row).addEventListener('click', () => void this.stop(one).catch((error) => this.broke(error)));
    return $row;
  }

  /** @param {unknown} error */
  broke(error) {
    console.error(error);
    this.notify('failed');
  }

  showWish() {
    const { about, slug, tail } = this.wish;
    const $link = linkOf(slug);
    const $wish = find('[data-wish]', this.$follow);
    $wish.hidden = !$link;
    if (!$link) return;
    this.nameIn(find('[data-about]', $wish), about, tail);
    const known = this.followed.find((one) => one.about === about);
    const $send = find('button', $wish);
    $send.dataset.first = $send.dataset.first || $send.textContent || '';
    $send.textContent = (known ? $send.dataset.again : $send.dataset.first) || '';
    const offered = (about === slug ? $link.dataset.offers || '' : 'answer news').split(' ');
    for (const $box of /** @type {HTMLInputElement[]} */ (findAll('[name=purpose]', $wish))) {
      const $label = /** @type {HTMLElement} */ ($box.closest('label'));
      $label.hidden = !offered.includes($box.value);
      $box.checked = !$label.hidden && (known ? known.purposes.includes($box.value) : $box.value !== 'news' || offered.length < 3);
    }
    if (known) for (const $one of /** @type {HTMLInputElement[]} */ (findAll('[name=channel]', $wish))) $one.checked = $one.value === known.channel;
  }

  /** What this browser can't do is said, and can't be chosen. */
  async showAble() {
    const why = this.$follow.dataset.key ? whyNoPush() : 'push';
    const person = /** @type {Person | undefined} */ (await this.page.store.get('state', 'person'));
    const isKnown = Boolean(person && person.methods.includes('email'));
    for (const $one of findAll('[data-unable]', this.$follow)) $one.hidden = $one.dataset.unable !== why && !($one.dataset.unable === 'mail' && !isKnown);
    const $channels = /** @type {HTMLInputElement[]} */ (findAll('[name=channel]', this.$follow));
    for (const $one of $channels) $one.disabled = $one.value === 'push' ? Boolean(why) && why !== 'denied' : !isKnown;
    const first = $channels.find(($one) => !$one.disabled);
    if (first) first.checked = true;
  }

  /** @param {HTMLFormElement} $form */
  async follow($form) {
    const { about, tail } = this.wish;
    const data = new FormData($form);
    const [purposes, channel] = [data.getAll('purpose'), data.get('channel')];
    if (!purposes.length || !channel) return this.notify(channel ? 'nothing' : 'noway');
    const { site } = this.page;
    const subscription = channel === 'push' ? { subscription: await subscribeToPush(site, this.$follow.dataset.key || '') } : {};
    const before = this.followed.find((one) => one.about === about && (one.channel === 'push') !== (channel === 'push'));
    const answer = await askToFollow(this.doors, 'follow', { about, purposes, channel, lang: site.lang, ...subscription });
    if (answer.status !== 200) return this.fail(answer);
    // One is told of a thing in one way.
    if (before) await this.end(before);
    await this.page.store.edit('state', [SHOWN_AS], (old) => ({ ...old, [about]: tail }));
    await this.load();
    this.notify('saved');
  }

  /** @param {Followed} one */
  end({ about, channel }) {
    return askToFollow(this.doors, 'follow', { about, purposes: [], channel, lang: this.page.site.lang });
  }

  /** @param {Followed} one */
  async stop(one) {
    const answer = await this.end(one);
    if (answer.status !== 200) return this.fail(answer);
    await this.load();
    if (!this.followed.some(({ channel }) => channel === 'push')) await leavePush(this.page.site);
    this.notify('stopped');
    focusOn(find('#followed'));
  }

  listen() {
    const $form = /** @type {HTMLFormElement} */ (find('form', this.$follow));
    const $button = /** @type {HTMLButtonElement} */ (find('[type=submit]', $form));
    $form.addEventListener('submit', (event) => {
      event.preventDefault();
      $button.disabled = true;
      const refused = (/** @type {Error} */ error) => (['denied', 'push'].includes(error.message) ? this.notify(error.message) : this.broke(error));
      void this.follow($form).catch(refused).then(() => ($button.disabled = false));
    });
    addEventListener('hashchange', () => {
      this.wish = readAddress();
      this.showWish();
    });
  }
}

/**
 * @param {Page} page
 * @param {HTMLElement} $follow
 */
export async function startFollowPage(page, $follow) {
  const here = new FollowPage(page, $follow);
  here.listen();
  here.showWish();
  await here.showAble();
  // A phone that never asked for anything has no key, and asks the town nothing.
  if (await page.store.get('keys', ':device')) await here.load();
  else await here.show();
}
