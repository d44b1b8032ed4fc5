// What an act's sheet says of the public log: its line there, a check that needs no network, and the proof to keep.
import { unb64u } from './canonical.mjs';
import { NobodyCanSay } from './ed25519.mjs';
import { button, element, strongParts } from './elements.mjs';
import { keptLog } from './log_head.mjs';
import { isProved } from './proofs.mjs';
import { say, sayMoment, sayNumber } from './words.mjs';

/**
 * Until when the town promised to publish an act, 0 where it did not. Only for showing: proofs.mjs checks the receipt.
 * @param {Act} act
 */
function promiseOf(act) {
  try {
    return Number(JSON.parse(new TextDecoder().decode(unb64u(act.receipt.split('.')[1]))).by) || 0;
  } catch {
    return 0;
  }
}

/**
 * Hands a text to the citizen as a file.
 * @param {string} name
 * @param {string} text
 */
export function saveText(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  element('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/**
 * @param {Page} page
 * @param {Act} act
 * @param {Verify} verify
 */
async function outcomeOf(page, act, verify) {
  const kept = await keptLog(page.store);
  // From the store again, not from the page: that is what is to be checked.
  const now = (await page.store.get('acts', act.id)) || act;
  return (await isProved(now, page.site, kept ? kept.vkey : '', verify)) ? 'proof.true' : 'proof.false';
}

/** @param {Act} act */
export function standingInLog(act) {
  const by = promiseOf(act);
  if (act.proof) return say('proof.line', { line: sayNumber(act.line || 0) });
  if (act.absent) return say('proof.absent', { no: sayNumber(act.no), when: sayMoment(by || act.absent) });
  return by ? say('proof.soon', { when: sayMoment(by) }) : '';
}

/**
 * The parts of a sheet below the act itself.
 * @param {Page} page
 * @param {Act} act
 * @param {Verify} verify
 * @returns {HTMLElement[]}
 */
export function proofParts(page, act, verify) {
  const standing = standingInLog(act);
  const $standing = element('p', { class: act.absent ? 'note bad' : false, 'data-proof-line': true }, ...strongParts(standing));
  const $receipt = element('details', {}, element('summary', {}, say('proof.receipt')),
    element('p', {}, say('proof.receipt.why')), element('p', { class: 'small', dir: 'ltr' }, act.receipt));
  if (!act.proof) return standing ? [$standing, $receipt] : [$receipt];
  const $outcome = element('p', { role: 'status', 'data-proof-outcome': true });
  const check = async () => {
    $outcome.replaceChildren(); // what was said before is not said of this check
    const key = await outcomeOf(page, act, verify).catch((error) => {
      if (!(error instanceof NobodyCanSay)) console.error(error);
      return 'proof.unable';
    });
    $outcome.replaceChildren(...strongParts(say(key, { line: sayNumber(act.line || 0) })));
  };
  const save = () => saveText(say('proof.file', { no: String(act.no) }), String(act.proof));
  const $buttons = element('p', { class: 'btns' }, button(say('proof.check'), false, () => void check()),
    button(say('proof.save'), false, save));
  return [$standing, $buttons, $outcome, $receipt];
}

/**
 * What the phone has found out against the log, first on the page until the citizen has seen it.
 * @param {LogKept} kept
 * @param {() => void} dismiss
 */
export function alarmNote(kept, dismiss) {
  const evidence = () => saveText(say('proof.evidence'), `${kept.note}\n\n${kept.other}`);
  return element('div', { class: 'note bad', role: 'alert', 'data-log-alarm': kept.alarm },
    element('p', {}, ...strongParts(say(`proof.alarm.${kept.alarm}`))),
    element('p', { class: 'btns' }, button(say('proof.save'), false, evidence), button(say('proof.dismiss'), false, dismiss)));
}
