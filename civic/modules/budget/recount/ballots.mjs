// The kinds of ballot, and the election that they make: twin of rules/ballots.py and decision.py.
import { big, fraction, ONE } from './fraction.mjs';

const PART = /^([1-9]\d{0,2})(?:\*([1-9]\d{0,2}))?$/;

/**
 * What the town declared, with what it left unsaid (settings.py).
 * @param {any} settings the table of the manifest
 */
export function readBudget(settings) {
  const envelopes = settings.envelope && settings.envelope.length ? settings.envelope : [{ id: 'budget', amount: settings.amount }];
  const ballot = settings.ballot || { type: 'knapsack' };
  const number = settings.project.length;
  const rule = settings.rule || 'equal_shares';
  return {
    rule,
    completion: settings.completion || (rule === 'greedy' ? 'none' : 'add1_greedy'),
    measure: settings.measure || 'cost',
    ballot: { type: ballot.type, least: ballot.min || 1, most: ballot.max || number, mostEach: ballot.max_each || ballot.max_sum, mostSum: ballot.max_sum },
    envelopes,
    projects: settings.project.map((/** @type {any} */ one) => ({ ...one, envelope: one.envelope || envelopes[0].id })),
  };
}

/** @typedef {ReturnType<typeof readBudget>} Budget */
/** @typedef {{ project: string, number: number }} Part `number` is 0 where the ballot has none */

/**
 * The parts of a choice; null where it is not written as one.
 * @param {string[]} choice
 * @returns {Part[] | null}
 */
export function partsOf(choice) {
  const parts = choice.map((one) => PART.exec(one)).map((match) => (match ? { project: match[1], number: Number(match[2] || 0) } : null));
  const isAscending = choice.every((one, at) => !at || choice[at - 1] < one);
  if (!isAscending || parts.includes(null) || new Set(parts.map((one) => one && one.project)).size !== parts.length) return null;
  return /** @type {Part[]} */ (parts);
}

/**
 * Whether a ballot may be so. A blank one always may.
 * @param {Budget} budget
 * @param {any} envelope
 * @param {Part[]} parts
 */
export function isAllowed({ ballot, projects }, envelope, parts) {
  const offered = projects.filter((/** @type {any} */ one) => one.envelope === envelope.id);
  const costs = new Map(offered.map((/** @type {any} */ one) => [one.id, one.cost]));
  const hasNumbers = ballot.type === 'points' || ballot.type === 'ranking';
  if (parts.some((one) => !costs.has(one.project) || one.number > 0 !== hasNumbers)) return false;
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((all, one) => all + one, 0);
  const numbers = parts.map((one) => one.number);
  if (ballot.type === 'knapsack') return sum(parts.map((one) => costs.get(one.project))) <= envelope.amount;
  if (ballot.type === 'points') return numbers.every((one) => one <= ballot.mostEach) && sum(numbers) <= ballot.mostSum;
  if (ballot.type === 'ranking') return parts.length <= ballot.most && numbers.sort((one, other) => one - other).every((one, at) => one === at + 1);
  return !parts.length || (parts.length >= ballot.least && parts.length <= ballot.most);
}

/** @type {(ballot: Budget['ballot'], part: Part) => number} */
function weightOf(ballot, part) {
  return ballot.type === 'ranking' ? Math.max(1, ballot.most + 1 - part.number) : part.number || 1;
}

/**
 * Equal ballots together; a ballot's word on a project of another sum counts nowhere.
 * @param {Budget} budget
 * @param {any} envelope
 * @param {Part[][]} ballots
 */
export function electionOf(budget, envelope, ballots) {
  const offered = budget.projects.filter((/** @type {any} */ one) => one.envelope === envelope.id);
  offered.sort((/** @type {any} */ one, /** @type {any} */ other) => one.id - other.id);
  const places = new Map(offered.map((/** @type {any} */ one, /** @type {number} */ place) => [one.id, place]));
  /** @type {Map<string, { weights: [number, number][], times: number }>} */
  const baskets = new Map();
  for (const parts of ballots) {
    const known = parts.filter((one) => places.has(one.project));
    const weights = known.map((one) => /** @type {[number, number]} */ ([places.get(one.project), weightOf(budget.ballot, one)]));
    weights.sort(([one], [other]) => one - other);
    const key = weights.join(' ');
    const basket = baskets.get(key) || { weights, times: 0 };
    basket.times++;
    baskets.set(key, basket);
  }
  return makeElection(envelope.amount, offered, [...baskets.values()], budget.measure);
}

/**
 * @param {number} amount
 * @param {{ id: string, cost: number }[]} projects in the order of their numbers
 * @param {{ weights: [number, number][], times: number }[]} baskets (place of the project, weight)
 * @param {string} measure
 */
export function makeElection(amount, projects, baskets, measure) {
  /** @type {{ basket: number, weight: number, times: number }[][]} */
  const supporters = projects.map(() => []);
  baskets.forEach(({ weights, times }, basket) => weights.forEach(([project, weight]) => supporters[project].push({ basket, weight, times })));
  const support = supporters.map((own) => ({
    people: own.reduce((sum, one) => sum + one.times, 0),
    weight: own.reduce((sum, one) => sum + one.times * one.weight, 0),
  }));
  const costs = projects.map((one) => big(one.cost));
  const people = baskets.reduce((sum, one) => sum + one.times, 0);
  // Of equals the one that costs less goes first, then the one that stands first.
  const ties = projects.map((_, place) => place).sort((one, other) => projects[one].cost - projects[other].cost || one - other);
  /** @type {(project: number, weight: number) => import('./fraction.mjs').Fraction} what it brings for its money */
  const worth = (project, weight) => fraction(big(weight), measure === 'cost' ? ONE : costs[project]);
  return { amount: big(amount), ids: projects.map((one) => one.id), costs, baskets: baskets.length, supporters, support, people, ties, measure, worth };
}

/** @typedef {ReturnType<typeof makeElection>} Election */
