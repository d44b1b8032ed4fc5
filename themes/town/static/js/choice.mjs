// What was chosen, as values: one, several, or blank.

export const BLANK = 'blank';

/**
 * The values of a choice as inputs and published rows write them: nothing chosen is one value too.
 * @param {ActBody[string] | undefined} choice
 * @returns {string[]}
 */
export function chosenValues(choice) {
  const values = Array.isArray(choice) ? choice : choice ? [String(choice)] : [];
  return values.length ? values : [BLANK];
}
