// One way to write each value: canonical base64url (unpadded). Twin of civic/canonical.py.

const ENCODER = new TextEncoder();
const B64U = /^[A-Za-z0-9_-]*$/;

/** @param {string} text */
export function utf8(text) {
  return ENCODER.encode(text);
}

/** @param {Uint8Array} bytes */
export function b64u(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/**
 * The bytes of `text`; throws unless encoding them again gives `text`.
 * @param {string} text
 */
export function unb64u(text) {
  if (!B64U.test(text)) throw new Error('not base64url');
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  if (b64u(bytes) !== text) throw new Error('not canonical base64url');
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
