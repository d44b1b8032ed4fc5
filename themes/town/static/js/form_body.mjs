// The body of an act, read from its form as the form itself describes it: `data-body`, docs/formats.md §10.
import { BLANK } from './choice.mjs';
import { find, findAll } from './elements.mjs';
import { lengthOf, normalise } from './text.mjs';
import { isSaid, say, sayCount, sayNumber } from './words.mjs';


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
 * Where the value of an input goes, from its name: with `#` at its end it is a number, with `[]` a list.
 * @param {string} name
 */
export function pathOf(name) {
  return name.replace(/\[\]$|#$/, '').split('.');
}

/**
 * Everything whose name begins with `root.`, as one tree; what is empty or not asked is no part of it.
 * @param {HTMLFormElement} $form
 * @param {string} root
 * @param {FormFault[]} faults
 * @returns {Record<string, unknown>}
 */
function readTree($form, root, faults) {
  const kind = $form.dataset.act || '';
  const data = new FormData($form);
  /** @type {any} */
  const tree = {};
  const seen = new Set();
  for (const one of $form.elements) {
    const $field = /** @type {HTMLInputElement} */ (one);
    const { name, validity: bad } = $field;
    if (!name.startsWith(`${root}.`) || $field.disabled || seen.has(name)) continue;
    seen.add(name);
    const fault = (/** @type {string} */ text, missing = false) => faults.push({ field: name, text, missing });
    const values = data.getAll(name).map((value) => normalise(String(value), true)).filter(Boolean);
    const $asked = $field.closest('[data-needed]');
    const max = Number(/** @type {HTMLElement} */ ($field.closest('[data-max]') || $form).dataset.max || 1);
    if (bad.rangeUnderflow || bad.rangeOverflow || bad.stepMismatch || bad.badInput) fault(say(`fault.value.${kind}`));
    else if (!values.length && $asked) fault(sayMissing(kind, root), true);
    if (values.length > max) fault(say('fault.many', { n: sayNumber(max) }));
    if (!values.length) continue;
    const path = pathOf(name);
    const last = path.pop() || '';
    const branch = path.reduce((part, key) => (part[key] = part[key] || {}), { [root]: tree });
    branch[last] = name.endsWith('[]') ? values.sort() : name.endsWith('#') ? Number(values[0]) : values[0];
  }
  if (!seen.size || Object.keys(tree).length || faults.length) return tree;
  faults.push({ field: [...seen][0], text: sayMissing(kind, root), missing: true });
  return tree;
}

/**
 * Puts a member into the body: `place.lat` is the member `lat` of the member `place`.
 * @param {ActBody} body
 * @param {string} name
 * @param {string | string[] | null} value
 */
function putMember(body, name, value) {
  const [group, member] = name.split('.');
  if (!member) body[name] = value;
  else body[group] = { .../** @type {Record<string, string>} */ (body[group] || {}), [member]: String(value) };
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
  let answers = '';
  for (const member of (members || '').split(' ')) {
    const [, name, sign] = /** @type {RegExpExecArray} */ (/^([\w.]*)(.*)$/.exec(member));
    const $field = find(`[name="${name}"]`, $form);
    if (sign === '{}') {
      const tree = readTree($form, name, faults);
      body[name] = /** @type {any} */ (tree);
      answers = sayCount(`answered.${kind}`, Object.keys(tree).length);
    } else if (sign === '[]' || ($field instanceof HTMLInputElement && ['radio', 'checkbox'].includes($field.type))) {
      const { value, fault } = readChoice($form, name, sign === '[]');
      putMember(body, name, sign === '#' ? /** @type {any} */ (Number(value)) : value);
      if (fault) faults.push({ field: name, text: fault, missing: !value.length });
    } else if ($field instanceof HTMLTextAreaElement || ($field instanceof HTMLInputElement && $field.type !== 'hidden')) {
      const { value, fault, missing } = readText($field, kind);
      putMember(body, name, value);
      if (fault) faults.push({ field: name, text: fault, missing });
    } else if ($field instanceof HTMLInputElement || $field instanceof HTMLSelectElement) {
      // What a script has put together (photo_field.mjs); where it has not, there is no such field, nor member.
      if (sign === '*') body[name] = JSON.parse($field.value);
      else putMember(body, name, $field.value || (sign === '?' ? null : ''));
      if ($field.required && !$field.value) faults.push({ field: name, text: sayMissing(kind, name), missing: true });
    }
  }
  const said = findAll(':checked', $form).map(($input) => $input.dataset.said).filter(Boolean);
  return { body, chosen: said.join(', ') || answers, faults };
}
