// From acts to what counts: twin of civic/replay.py for choices, of an open or named consultation.
import { isWinning } from './slots.mjs';

/** What stands after some acts: the head of each slot of each voter. */
export function newStanding() {
  /** @type {Map<string, CountedAct>} */
  const heads = new Map();
  return {
    /** @param {CountedAct} act */
    take(act) {
      const key = `${act.slot} ${act.voter}`;
      if (isWinning(act, heads.get(key))) heads.set(key, act);
    },
    /** Figures as results.json has them, and the totals by item and choice. */
    figures() {
      const votes = [...heads.values()].filter((one) => one.choice);
      /** @type {Map<string, Record<string, number>>} */
      const items = new Map();
      for (const { slot, choice } of votes) {
        const item = slot.slice(slot.indexOf(':') + 1);
        const counts = items.get(item) || {};
        counts[choice] = (counts[choice] || 0) + 1;
        items.set(item, counts);
      }
      return {
        ballots: votes.length,
        voters: new Set(votes.map((one) => one.voter)).size,
        unsigned: votes.filter((one) => one.voter.startsWith('form:')).length,
        items,
      };
    },
  };
}
