// Says what was begun on this phone and not sent: all of it on "Vous et ce téléphone", and on the pages of a consultation that
// is over, what was never sent to it.
import { button, element, find, findAll } from './elements.mjs';
import { dropNote, putNote, readNotes } from './unfinished_notes.mjs';
import { isSaid, say, sayDeadline, sayMoment } from './words.mjs';

const LONGEST_TIMER = 86400;
const LONGEST_KEPT = 30 * 86400; // what was never sent is forgotten so long after the end

/**
 * @param {UnfinishedNote} note
 * @param {number} now
 */
function isOver({ closes }, now) {
  return closes > 0 && closes < now;
}

/** @param {UnfinishedNote} note */
function kindOf({ kind }) {
  return say(isSaid(`outbox.kind.${kind}`) ? `outbox.kind.${kind}` : 'outbox.kind');
}

/**
 * The notes of what is still on this phone, the newest first; the others are dropped.
 * @param {Page} page
 * @returns {Promise<[string, UnfinishedNote][]>}
 */
async function standingNotes({ store, now }) {
  const standing = [];
  for (const [key, note] of Object.entries(await readNotes(store))) {
    if (note.closes && note.closes + LONGEST_KEPT < now()) localStorage.removeItem(key);
    if (localStorage.getItem(key) === null) await dropNote(store, key);
    else standing.push(/** @type {[string, UnfinishedNote]} */ ([key, note]));
  }
  return standing.sort(([, one], [, other]) => other.at - one.at);
}

/**
 * A button that drops what was begun, and puts it back where somebody thinks better of it.
 * @param {Page} page
 * @param {string} key
 * @param {UnfinishedNote} note
 * @param {HTMLElement} $row whose place the choice to put it back takes
 */
function forgetButton(page, key, note, $row) {
  const $forget = button(say('unfinished.forget'), false, () => {
    const written = localStorage.getItem(key) || '{}';
    const pieces = [...$row.childNodes];
    localStorage.removeItem(key);
    void dropNote(page.store, key).catch(console.error);
    const $back = button(say('unfinished.back'), false, () => {
      localStorage.setItem(key, written);
      void putNote(page.store, key, note).catch(console.error);
      $row.replaceChildren(...pieces);
      find('button', $row).focus();
    });
    $row.replaceChildren(element('p', { class: 'btns' }, say('unfinished.forgotten'), ' ', $back));
    page.tell(say('unfinished.forgotten'));
    $back.focus();
  });
  // Several such buttons on a page are told apart by what they delete.
  $forget.setAttribute('aria-label', `${say('unfinished.forget')} ${note.title}`);
  return $forget;
}

/**
 * @param {Page} page
 * @param {string} key
 * @param {UnfinishedNote} note
 */
function rowOf(page, key, note) {
  const { title, page: address, closes } = note;
  const until = isOver(note, page.now()) ? say('unfinished.over', { when: sayMoment(closes) }) : closes ? say('unfinished.until', { when: sayDeadline(closes) }) : '';
  const $row = element('li', {}, element('a', { href: address, dir: 'auto' }, title), element('p', { class: 'kind' }, element('span', {}, kindOf(note)), ' ', element('span', {}, until)));
  $row.append(element('p', { class: 'btns' }, forgetButton(page, key, note, $row)));
  return $row;
}

/**
 * @param {Page} page
 * @param {string} key
 * @param {UnfinishedNote} note
 */
function closedNote(page, key, note) {
  const text = say('unfinished.closed', { what: kindOf(note), title: note.title, when: sayMoment(note.closes) });
  const $note = element('div', { class: 'note bad', 'data-unsent': true }, element('p', {}, text));
  $note.append(element('p', { class: 'btns' }, forgetButton(page, key, note, $note)));
  return $note;
}

/** @param {Page} page */
export async function showUnfinished(page) {
  const notes = await standingNotes(page);
  const $list = find('[data-begun]');
  if ($list) {
    find('ul', $list).replaceChildren(...notes.map(([key, note]) => rowOf(page, key, note)));
    $list.hidden = !notes.length;
    return;
  }
  const here = notes.filter(([, note]) => note.closes && location.pathname.split('/').includes(note.consultation));
  const over = here.filter(([, note]) => isOver(note, page.now()));
  for (const $old of findAll('[data-unsent]')) $old.remove();
  (find('h1 + .lead') || find('h1')).after(...over.map(([key, note]) => closedNote(page, key, note)));
  if (over.length) page.tell(findAll('[data-unsent] p:first-child').map(($one) => $one.textContent).join(' '));
  const left = Math.min(...here.filter((one) => !over.includes(one)).map(([, { closes }]) => closes - page.now()));
  if (left < LONGEST_TIMER) setTimeout(() => void showUnfinished(page).catch(console.error), left * 1000 + 1000);
}
