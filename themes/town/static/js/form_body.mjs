// The body of an act, read from its form as the form itself describes it: `data-body`, docs/formats.md §10.
import { BLANK } from './choice.mjs';
import { find, findAll } from './elements.mjs';
import { lengthOf, normalise } from './text.mjs';
import { isSaid, say, sayNumber } from './words.mjs';


/**
 * What is asked of a field that has nothing, or not enough.
 * @param {string} kind
 * @param {string} name
 */
function sayMissing(kind, name) {
  return say([`fault.${name}.${kind}`, `fault.${name}`].find(isSaid) || 'fault.missing');
}

/**
 * @param {HTMLFormElement} $form
 * @param {string} name
 * @param {boolean} isList sorted, so that one choice is written in one way
 * @returns {{ value: string | string[], fault: string }}
 */
function readChoice($form, name, isList) {
  const values = new FormData($form).getAll(name).map(String).filter(Boolean);
  const max = Number($form.dataset.max || 1);
  if (!values.length) return { value: '', fault: sayMissing($form.dataset.act || '', name) };
  if (!isList) return { value: values[0], fault: '' };
  const isMixed = values.length > 1 && values.includes(BLANK);
  const fault = isMixed ? say('fault.mixed') : values.length > max ? say('fault.many', { n: sayNumber(max) }) : '';
  return { value: values.filter((value) => value !== BLANK).sort(), fault };
}

/**
 * A text as it will be signed; the bounds count characters (docs/formats.md §3).
 * @param {HTMLInputElement | HTMLTextAreaElement} $field
 * @param {string} kind
 * @returns {{ value: string, fault: string, missing: boolean }}
 */
function readText($field, kind) {
  const value = normalise($field.value, $field instanceof HTMLTextAreaElement);
  const length = lengthOf(value);
  const low = Math.max($field.minLength, Number($field.required));
  const high = $field.maxLength;
  if (length < low) return { value, fault: sayMissing(kind, $field.name), missing: !length };
  if (high < 0 || length <= high) return { value, fault: '', missing: false };
  return { value, fault: say('fault.long', { n: sayNumber(high), over: sayNumber(length - high) }), missing: false };
}

/**
 * @param {HTMLFormElement} $form
 * @returns {{ body: ActBody, chosen: string, faults: FormFault[] }}
 */
export function readBody($form) {
  const { act, body: members } = $form.dataset;
  const kind = act || '';
  /** @type {ActBody} */
  const body = {};
  /** @type {FormFault[]} */
  const faults = [];
  for (const member of (members || '').split(' ')) {
    const [, name, sign] = /** @type {RegExpExecArray} */ (/^(\w*)(.*)$/.exec(member));
    const $field = find(`[name="${name}"]`, $form);
    if (sign === '[]' || ($field instanceof HTMLInputElement && ['radio', 'checkbox'].includes($field.type))) {
      const { value, fault } = readChoice($form, name, sign === '[]');
      body[name] = value;
      if (fault) faults.push({ field: name, text: fault, missing: !value.length });
    } else if ($field instanceof HTMLTextAreaElement || ($field instanceof HTMLInputElement && $field.type !== 'hidden')) {
      const { value, fault, missing } = readText($field, kind);
      body[name] = value;
      if (fault) faults.push({ field: name, text: fault, missing });
    } else if ($field instanceof HTMLInputElement || $field instanceof HTMLSelectElement) {
      body[name] = $field.value || (sign === '?' ? null : '');
      if ($field.required && !$field.value) faults.push({ field: name, text: sayMissing(kind, name), missing: true });
    }
  }
  const said = findAll(':checked', $form).map(($input) => $input.dataset.said).filter(Boolean);
  return { body, chosen: said.join(', '), faults };
}
