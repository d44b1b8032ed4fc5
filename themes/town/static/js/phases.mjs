// What is open at an instant. Twin of the rule in civic/phases.py; the town alone decides, by its own clock.

/**
 * late: closed, but an act made offline before may still arrive.
 * @param {{ opens: number, closes: number, until: number }} times epoch seconds, 0 where unknown
 * @param {number} now
 * @returns {Phase}
 */
export function phaseAt(times, now) {
  if (now < times.opens) return 'before';
  if (!times.closes || now <= times.closes) return 'open';
  return now <= times.until ? 'late' : 'closed';
}
