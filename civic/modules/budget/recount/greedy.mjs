// Greedy: by support, each project in its turn while money is left for it. Twin of rules/greedy.py.
import { compare, fraction, ONE } from './fraction.mjs';

/** @typedef {import('./ballots.mjs').Election} Election */
/** @typedef {{ project: number, left: bigint, won: boolean }} Turn */

/**
 * @param {Election} election
 * @param {bigint} left
 * @param {Set<number>} [taken] projects whose turn has been
 * @returns {Turn[]}
 */
export function takeTurns(election, left, taken = new Set()) {
  const { ties, support, costs } = election;
  const worth = support.map((one, project) => election.worth(project, one.weight));
  const turns = ties.filter((project) => support[project].weight && !taken.has(project));
  // Sorting keeps the order of ties.
  turns.sort((one, other) => compare(worth[other], worth[one]));
  return turns.map((project) => {
    const turn = { project, left, won: costs[project] <= left };
    if (turn.won) left -= costs[project];
    return turn;
  });
}

/**
 * The weight that would have let a loser win, all other ballots as they were; 0 where none would.
 * @param {Election} election
 * @param {Turn[]} turns
 * @param {number} place of the loser among them
 */
export function missingWeight({ ties, support, costs, worth }, turns, place) {
  const loser = turns[place].project;
  const ahead = turns.slice(0, place).filter((one) => one.left >= costs[loser]);
  if (!ahead.length) return 0;
  const rival = ahead[ahead.length - 1].project;
  const best = worth(rival, support[rival].weight);
  const single = worth(loser, 1);
  const needed = fraction(best.n * single.d, best.d * single.n);
  const isEnough = needed.d === ONE && ties.indexOf(loser) < ties.indexOf(rival);
  return Number(needed.n / needed.d) - support[loser].weight + (isEnough ? 0 : 1);
}
