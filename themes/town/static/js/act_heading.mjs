// What an act is called where acts are listed.
import { choiceWord } from './act_view.mjs';
import { say } from './words.mjs';

/** @param {Act} act */
export function headingOf(act) {
  if (act.carried) return say('outbox.carried');
  const word = choiceWord(act);
  const slip = word.charAt(0).toLocaleUpperCase() + word.slice(1);
  return slip ? say('outbox.chosen', { slip, title: act.title }) : act.title;
}
