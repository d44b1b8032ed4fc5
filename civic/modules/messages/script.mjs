// Letters to the town hall: no form leaves before it is sealed. What seals, and shows what was answered, is loaded once
// somebody writes or has written (themes/town/static/js/letters_page.mjs).

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, tools) {
  const $box = tools.find('[data-letters]');
  if (!$box || !globalThis.crypto || !crypto.subtle) return;
  /** @type {Promise<any> | undefined} */
  let opening;

  async function load() {
    await import($box.dataset.letters || '');
    return /** @type {any} */ (globalThis).PREAU.openLetters(page, $box, tools);
  }

  function open() {
    opening = opening || load();
    // Without network it may not be here yet: the next try asks again.
    opening.catch(() => (opening = undefined));
    return opening;
  }

  $box.addEventListener('submit', (event) => {
    const $form = /** @type {HTMLFormElement} */ (event.target);
    if ($form.dataset.ready) return;
    event.preventDefault();
    event.stopPropagation();
    open().then((letters) => letters.seal($form)).catch((error) => {
      console.error(error);
      tools.showFaults($form, [{ field: '', text: tools.find('[data-list]', $box).dataset.unable || '', missing: false }]);
    });
  }, true);
  $box.addEventListener('focusin', () => void open(), { once: true });
  for (const $fields of tools.findAll('fieldset[disabled]', $box)) $fields.removeAttribute('disabled');
  page.store.all('acts').then((acts) => acts.some((act) => act.consultation === $box.dataset.slug) && open()).catch(console.error);
}
