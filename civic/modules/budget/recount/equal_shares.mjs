// The Method of Equal Shares, exactly: twin of rules/equal_shares.py, which says how it goes.
import { big, compare, fraction, gcd, NONE, ONE } from './fraction.mjs';

/** @typedef {import('./fraction.mjs').Fraction} Fraction */
/** @typedef {{ places: number[], times: bigint[], weights: bigint[], scale: bigint, scaled: bigint[], weight: bigint, cost: bigint, worth: bigint }} Supporters */
/** @typedef {{ bought: { project: number, price: Fraction }[], share: Fraction, together: Fraction[], trace: string }} Run */

export class EqualShares {
  /** @param {import('./ballots.mjs').Election} election */
  constructor(election) {
    this.election = election;
    this.supporters = election.supporters.map((own, project) => gather(own, election.costs[project], election.measure));
  }

  /** The same part of the sum for everyone who cast a ballot. */
  firstShare() {
    return fraction(this.election.amount, big(this.election.people || 1));
  }

  /**
   * What is bought when everyone has `share`. Two shares with equal traces buy the same, and so does every one between.
   * @param {Fraction} share
   * @param {boolean} [isTraced]
   * @returns {Run}
   */
  run(share, isTraced = false) {
    let one = share.d;
    let purses = new Array(this.election.baskets).fill(share.n);
    const { ties } = this.election;
    // By rank, so that of equals the first goes first; null once bought, or too dear for what is left.
    const asked = ties.map((project) => {
      const own = this.supporters[project];
      return own.weight ? fraction(own.cost, own.weight * own.worth) : null;
    });
    const bought = [];
    const trace = [];
    for (let rank = least(asked); rank >= 0; rank = least(asked)) {
      const own = this.supporters[ties[rank]];
      const price = priceOf(own, purses, one);
      const now = price && fraction(price.n, price.d * own.worth);
      if (!price || !now || compare(now, /** @type {Fraction} */ (asked[rank]))) {
        asked[rank] = now;
        continue;
      }
      asked[rank] = null;
      bought.push({ project: ties[rank], price });
      if (isTraced) trace.push(`${this.poor(now, purses, one)}:${ties[rank]}`);
      const finer = price.d / gcd(one, price.d);
      if (finer > ONE) {
        one *= finer;
        purses = purses.map((purse) => purse * finer);
      }
      pay(own, purses, price.n * (one / price.d));
    }
    const together = this.supporters.map((own) => fraction(heldBy(own, purses), one));
    return { bought, share, together, trace: trace.join() };
  }

  /**
   * Who is too poor for a price, whatever they chose.
   * @param {Fraction} asked
   * @param {bigint[]} purses
   * @param {bigint} one
   */
  poor(asked, purses, one) {
    return this.supporters.map((own) => {
      const due = asked.n * own.worth * one;
      return own.places.map((place, at) => (purses[place] * asked.d < due * own.weights[at] ? 1 : 0)).join('');
    }).join('');
  }
}

/** @type {(asked: (Fraction | null)[]) => number} the place of the least, -1 for none */
function least(asked) {
  let found = -1;
  asked.forEach((one, at) => {
    if (one && (found < 0 || compare(one, /** @type {Fraction} */ (asked[found])) < 0)) found = at;
  });
  return found;
}

/**
 * @param {{ basket: number, weight: number, times: number }[]} own
 * @param {bigint} cost
 * @param {string} measure
 * @returns {Supporters}
 */
function gather(own, cost, measure) {
  const times = own.map((one) => big(one.times));
  const weights = own.map((one) => big(one.weight));
  const scale = weights.reduce((all, one) => (all / gcd(all, one)) * one, ONE);
  const weight = weights.reduce((sum, one, at) => sum + one * times[at], NONE);
  const worth = measure === 'cost' ? cost : ONE; // what satisfaction costs is what a weight costs, over this
  return { places: own.map((one) => one.basket), times, weights, scale, scaled: weights.map((one) => scale / one), weight, cost, worth };
}

/** @type {(own: Supporters, purses: bigint[]) => bigint} */
function heldBy(own, purses) {
  return own.places.reduce((sum, place, at) => sum + purses[place] * own.times[at], NONE);
}

/**
 * What a weight of 1 must pay so that the project is paid for; null where all purses together are too thin.
 * @param {Supporters} own
 * @param {bigint[]} purses
 * @param {bigint} one
 */
function priceOf(own, purses, one) {
  let rest = own.cost * one;
  let weight = own.weight;
  if (heldBy(own, purses) < rest) return null;
  const reach = own.places.map((place, at) => purses[place] * own.scaled[at]);
  const thinnest = reach.reduce((lowest, limit) => (limit < lowest ? limit : lowest));
  if (rest * own.scale > thinnest * weight) {
    // From the thinnest purse up: who cannot pay the same for a weight as all after them pays what there is.
    const order = reach.map((_, at) => at).sort((first, second) => (reach[first] < reach[second] ? -1 : reach[first] > reach[second] ? 1 : 0));
    for (const at of order) {
      if (rest * own.scale <= reach[at] * weight) break;
      rest -= purses[own.places[at]] * own.times[at];
      weight -= own.weights[at] * own.times[at];
    }
  }
  return fraction(rest, weight * one);
}

/** @type {(own: Supporters, purses: bigint[], price: bigint) => void} */
function pay(own, purses, price) {
  own.places.forEach((place, at) => {
    const due = price * own.weights[at];
    purses[place] = purses[place] > due ? purses[place] - due : NONE;
  });
}
