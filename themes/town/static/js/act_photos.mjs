// The photos of an act, and what is left of them to send (docs/formats.md §18).

/**
 * The photos that an act brings.
 * @param {Act} act
 * @returns {PhotoRef[]}
 */
export function photosOf({ body }) {
  return /** @type {any} */ (body.photos) || [];
}

/**
 * Those that may leave, for the town has the act, and have not arrived nor been refused.
 * @param {Act} act
 */
export function unsentPhotos(act) {
  return act.no ? photosOf(act).filter((one) => !(act.photos || {})[one.sha256]) : [];
}
