// From acts to what counts: twin of civic/replay.py for choices, in every mode.
import { chosenValues } from './choice.mjs';
import { isWinning } from './slots.mjs';

const BEHIND = '+1';

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
    /** Figures as results.json has them, the totals by item and choice, and the acts that stand and choose. */
    figures() {
      // A co-signature is nobody's ballot (civic/slots.py).
      const votes = [...heads.values()].filter((one) => one.choice && one.choice !== BEHIND);
      const known = votes.filter((one) => !one.secret);
      /** @type {Map<string, Record<string, number>>} */
      const items = new Map();
      /** @type {Map<string, number>} secret ballots by question */
      const unseen = new Map();
      for (const { slot, choice, secret } of votes) {
        const item = slot.slice(slot.indexOf(':') + 1);
        const counts = items.get(item) || {};
        for (const one of chosenValues(choice)) counts[one] = (counts[one] || 0) + 1;
        items.set(item, counts);
        if (secret) unseen.set(item, (unseen.get(item) || 0) + 1);
      }
      return {
        ballots: votes.length,
        // Nobody can tell whether two secret ballots to two questions are one person's: they are not added up.
        voters: Math.max(new Set(known.map((one) => one.voter)).size, ...unseen.values(), 0),
        rights: new Set(votes.filter((one) => one.secret).map((one) => one.voter)).size,
        unsigned: votes.filter((one) => one.voter.startsWith('form:')).length,
        items,
        acts: votes,
      };
    },
  };
}
