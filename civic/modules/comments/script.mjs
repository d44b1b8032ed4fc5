// "Répondre" fills the hidden field of the comment form and brings the citizen there.

/**
 * @param {Page} page
 * @param {Tools} tools
 */
export function start(page, { element, find, findAll, say }) {
  for (const $link of findAll('a[data-reply]')) {
    $link.addEventListener('click', (event) => {
      const $form = find('form[data-act=comment]');
      const $reply = $form && find('[name=reply_to]', $form);
      const $text = $form && find('[name=text]', $form);
      if (!$form || !$reply || !$text) return;
      event.preventDefault();
      /** @type {HTMLInputElement} */ ($reply).value = $link.dataset.reply || '';
      const text = ($link.textContent || '').trim();
      const $old = find('[data-reply-note]', $form);
      const $cancel = element('button', { type: 'button', class: 'btn alt' }, say('reply.cancel'));
      const $note = element('p', { 'data-reply-note': true }, `${text} `, $cancel);
      $cancel.addEventListener('click', () => {
        /** @type {HTMLInputElement} */ ($reply).value = '';
        $note.remove();
        $text.focus();
      });
      $form.addEventListener('reset', () => $note.remove(), { once: true });
      if ($old) $old.replaceWith($note);
      else $form.prepend($note);
      $text.focus();
      page.tell(text);
    });
  }
}
