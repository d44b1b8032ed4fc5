// Whether an act that waits may leave.

export const LONGEST_DELAY = 6 * 3600;

/**
 * When it may leave at the earliest. An hour that is farther away than any can be was set by a clock since put right.
 * @param {Act} act
 * @param {number} now
 */
export function hourOf({ notBefore = 0 }, now) {
  return notBefore > now + LONGEST_DELAY ? 0 : notBefore;
}

/**
 * Whether a secret ballot waits for its hour.
 * @param {Act} act
 * @param {number} now
 */
export function isEarly(act, now) {
  return act.state === 'waiting' && hourOf(act, now) > now;
}
