// Base64 as notes and proofs have it (RFC 4648 §4): padded, canonical.

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * The bytes of `text`; throws unless encoding them again gives `text`.
 * @param {string} text
 */
export function unbase64(text) {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  if (base64(bytes) !== text) throw new Error('not canonical base64');
  return bytes;
}
