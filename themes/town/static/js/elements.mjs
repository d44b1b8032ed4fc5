// Making pieces of page without a line of HTML text, so that what a citizen writes can never become markup.

/**
 * @param {string} tag
 * @param {Record<string, string | boolean>} attributes a `false` is left out
 * @param {...(Node | string)} children
 */
export function element(tag, attributes, ...children) {
  const $element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) $element.setAttribute(name, value === true ? '' : value);
  }
  $element.append(...children);
  return $element;
}

/**
 * The nodes of one of our own sentences, `*so*` being strong. Never for what a citizen wrote.
 * @param {string} text
 */
export function strongParts(text) {
  return text.split('*').map((part, index) => (index % 2 ? element('strong', {}, part) : part));
}

/**
 * @param {string} label
 * @param {boolean} isMain
 * @param {() => void} act
 */
export function button(label, isMain, act) {
  const $button = element('button', { type: 'button', class: isMain ? 'btn' : 'btn alt' }, label);
  $button.addEventListener('click', act);
  return $button;
}

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement[]}
 */
export function findAll(selector, within = document) {
  return [...within.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);
}

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 */
export function find(selector, within = document) {
  return findAll(selector, within)[0];
}

/**
 * Moves the focus to something that is only read.
 * @param {HTMLElement} $target
 */
export function focusOn($target) {
  if (!$target.hasAttribute('tabindex')) $target.setAttribute('tabindex', '-1');
  $target.focus();
}
