// From ballots to winners, with the reasons, as the published result has them: twin of rules/decide.py and decision.py.
import { EqualShares } from './equal_shares.mjs';
import { big, cents, fraction, NONE, ONE, raised } from './fraction.mjs';
import { missingWeight, takeTurns } from './greedy.mjs';

/** @typedef {import('./ballots.mjs').Election} Election */
/** @typedef {import('./equal_shares.mjs').Run} Run */

const LONG_WAY = 20; // looking for the next change costs as much as some twenty steps

/**
 * @param {Election} election
 * @param {string} rule
 * @param {string} completion
 * @param {() => Promise<unknown>} pause between long pieces of work
 */
export async function decide(election, rule, completion, pause) {
  if (rule === 'greedy') return outcome(election, null, takeTurns(election, election.amount));
  const shares = new EqualShares(election);
  let run = shares.run(shares.firstShare());
  if (completion.startsWith('add1')) run = await raiseShares(election, shares, run, pause);
  const taken = new Set(run.bought.map((one) => one.project));
  const turns = completion.endsWith('greedy') ? takeTurns(election, election.amount - costOf(election, run), taken) : [];
  return outcome(election, run, turns);
}

/**
 * The last run that fits into the sum while shares rise by 1; the first that uses it up, if any.
 * @param {Election} election
 * @param {EqualShares} shares
 * @param {Run} run
 * @param {() => Promise<unknown>} pause
 */
async function raiseShares(election, shares, run, pause) {
  const hasManySteps = run.share.near > LONG_WAY * election.people;
  if (hasManySteps) run = shares.run(run.share, true);
  while (!isUsedUp(election, run)) {
    await pause();
    const steps = hasManySteps ? stepsToChange(shares, run) : 1;
    const after = shares.run(raised(run.share, big(steps)), hasManySteps);
    if (costOf(election, after) > election.amount) return shares.run(raised(after.share, big(-1)));
    run = after;
  }
  return run;
}

/** @type {(shares: EqualShares, run: Run) => number} after how many steps shares first buy in another way */
function stepsToChange(shares, run) {
  const isSame = (/** @type {number} */ steps) => shares.run(raised(run.share, big(steps)), true).trace === run.trace;
  let same = 0;
  let other = 1;
  while (isSame(other)) [same, other] = [other, other * 2];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (isSame(middle)) same = middle;
    else other = middle;
  }
  return other;
}

/** @type {(election: Election, run: Run) => bigint} */
function costOf({ costs }, run) {
  return run.bought.reduce((sum, one) => sum + costs[one.project], NONE);
}

/** @type {(election: Election, run: Run) => boolean} */
function isUsedUp(election, run) {
  const taken = new Set(run.bought.map((one) => one.project));
  const left = election.amount - costOf(election, run);
  return election.costs.every((cost, project) => taken.has(project) || !election.support[project].weight || cost > left);
}

/**
 * @param {Election} election
 * @param {Run | null} run
 * @param {import('./greedy.mjs').Turn[]} turns
 */
function outcome(election, run, turns) {
  const { costs, support } = election;
  /** @type {Map<number, any>} by project, those whose turn came first */
  const found = new Map();
  let left = election.amount;
  /** @type {(project: number, reason: string, turn: number, more?: any) => void} */
  const tell = (project, reason, turn, more = {}) => {
    const won = ['support', 'shares', 'completion'].includes(reason);
    const rest = { left: Number(left), price_cents: 0, together_cents: 0, missing: 0, ...more };
    found.set(project, { id: election.ids[project], won, reason, ...support[project], turn, ...rest });
    if (won) left -= costs[project];
  };
  for (const { project, price } of run ? run.bought : []) tell(project, 'shares', found.size + 1, { price_cents: cents(price) });
  turns.forEach((turn, place) => {
    if (turn.won) tell(turn.project, run ? 'completion' : 'support', found.size + 1);
    else if (!run) tell(turn.project, 'no_money', found.size + 1, { missing: missingWeight(election, turns, place) });
  });
  const winners = [...found.values()].filter((one) => one.won).map((one) => one.id);
  costs.forEach((cost, project) => {
    if (!support[project].people) tell(project, 'nobody', 0);
    else if (cost > election.amount) tell(project, 'too_dear', 0);
    else if (!found.has(project) && run) tell(project, 'shares_short', 0, shortOf(cost, run, project));
  });
  const spent = costs.reduce((sum, cost, project) => (found.get(project).won ? sum + cost : sum), NONE);
  const why = costs.map((_, project) => found.get(project));
  return { winners, spent: Number(spent), share_cents: run ? cents(run.share) : 0, why };
}

/** @type {(cost: bigint, run: Run, project: number) => any} who chose it had too little left: how many whole shares more */
function shortOf(cost, run, project) {
  const together = run.together[project];
  const short = fraction((cost * together.d - together.n) * run.share.d, together.d * run.share.n);
  return { together_cents: cents(together), missing: Number((short.n + short.d - ONE) / short.d) };
}
