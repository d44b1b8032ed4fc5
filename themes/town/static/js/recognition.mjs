// A page with acts that ask who acts: each form gets its grant before it is needed, and says what is asked until the
// town knows that of this phone. Nothing is blocked: an act may wait.
import { onChange } from './changes.mjs';
import { findAll } from './elements.mjs';
import { grantActs, isEnough, makeGrant } from './grants.mjs';
import { ballotKey, keyName } from './keys.mjs';

const FORMS = 'form[data-mode=named]';

/** @param {Page} page */
export async function startRecognition(page) {
  const refresh = async () => {
    const person = await page.store.get('state', 'person');
    for (const $note of findAll('[data-asks]')) $note.hidden = isEnough(person, $note.dataset.asks);
    for (const { dataset } of findAll(FORMS)) {
      const consultation = dataset.consultation || '';
      const name = keyName(consultation, Boolean(dataset.slot));
      // Each time: since the last one this phone may have become somebody else's, and its keys others.
      dataset.grant = await makeGrant(page, consultation, (await ballotKey(page.store, name)).jwk);
      dataset.wait = isEnough(person, dataset.assurance) ? '' : 'not_granted';
    }
  };
  onChange(() => void refresh().catch(console.error));
  await refresh();
  // Sent from here before this script had come.
  await grantActs(page, (act) => !act.grant);
}
