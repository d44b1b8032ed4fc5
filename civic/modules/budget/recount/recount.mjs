// A budget recounted on a phone: from the baskets to the winners, and to every reason that was published.
import { electionOf, isAllowed, partsOf, readBudget } from './ballots.mjs';
import { decide } from './decide.mjs';

const RULES = ['rule', 'completion', 'measure'];

/**
 * Every figure of results.json beside the one that the baskets give; null on a phone without whole numbers of any size.
 * @param {Recounted} told
 * @param {RecountTools} tools
 */
export async function recount({ slug, rules, earlier, acts, results }, tools) {
  if (typeof BigInt !== 'function') return null;
  const budget = readBudget(rules.settings.budget);
  const budgets = [budget, ...earlier.filter((one) => one.settings && one.settings.budget).map((one) => readBudget(one.settings.budget))];
  const envelopes = [];
  const whys = new Map();
  for (const envelope of budget.envelopes) {
    const id = await tools.slotId({ a: slug, envelope: envelope.id });
    const ballots = acts.filter((one) => one.slot === `basket:${id}`).map((one) => ballotOf(one, envelope.id, budgets) || tools.refuse());
    const { why, ...decision } = await decide(electionOf(budget, envelope, ballots), budget.rule, budget.completion, tools.pause);
    const blank = ballots.filter((one) => !one.length).length;
    envelopes.push({ envelope: envelope.id, amount: envelope.amount, id, ballots: ballots.length, blank, ...decision });
    for (const one of why) whys.set(one.id, one);
  }
  const items = budget.projects.map((/** @type {any} */ one) => ({ envelope: one.envelope, title: one.title, cost: one.cost, ...whys.get(one.id) }));
  const counted = { rule: budget.rule, completion: budget.completion, measure: budget.measure, envelopes, items };
  return [...linesOf(budget, results, counted, tools), detailsOf(results, counted, tools)];
}

/**
 * What a basket holds, as a version of the rules allowed it; null where none did.
 * @param {CountedAct} act
 * @param {string} name of the sum
 * @param {ReturnType<typeof readBudget>[]} budgets
 */
function ballotOf({ body, choice }, name, budgets) {
  const parts = body && body.envelope === name && Array.isArray(choice) ? partsOf(choice) : null;
  const isFine = parts && budgets.some((one) => one.envelopes.some((/** @type {any} */ each) => each.id === name && isAllowed(one, each, parts)));
  return isFine ? parts : null;
}

/**
 * @param {ReturnType<typeof readBudget>} budget
 * @param {any} results
 * @param {any} counted
 * @param {RecountTools} tools
 */
function linesOf(budget, results, counted, { say, lang }) {
  const lines = [];
  for (const one of counted.envelopes) {
    const published = results.envelopes.find((/** @type {any} */ each) => each.envelope === one.envelope) || {};
    const { label } = budget.envelopes.find((/** @type {any} */ each) => each.id === one.envelope);
    const sum = label ? label[lang] || '' : say('recount.whole.basket');
    for (const name of ['ballots', 'blank', 'spent']) {
      lines.push({ head: say(`recount.${name}.basket`, { sum }), published: published[name], counted: one[name] });
    }
  }
  for (const one of counted.items) {
    const published = results.items.find((/** @type {any} */ each) => each.id === one.id) || {};
    const said = (/** @type {any} */ each) => say(each.won ? 'recount.won.basket' : 'recount.lost.basket');
    lines.push({ head: say('recount.item.basket', { number: one.id }), published: published.people, counted: one.people });
    lines.push({ head: say('recount.decision.basket', { number: one.id }), published: said(published), counted: said(one) });
  }
  return lines;
}

/**
 * Everything else in one line: how many figures there are, and how many of them the baskets give.
 * @param {any} results
 * @param {any} counted
 * @param {RecountTools} tools
 */
function detailsOf(results, counted, { say }) {
  const ours = new Map(flat(counted, ''));
  const theirs = new Map([...RULES, 'envelopes', 'items'].flatMap((name) => flat(results[name], `/${name}`)));
  const places = [...new Set([...ours.keys(), ...theirs.keys()])];
  const same = places.filter((one) => ours.get(one) === theirs.get(one));
  return { head: say('recount.details.basket'), published: places.length, counted: same.length };
}

/**
 * @param {any} value
 * @param {string} place
 * @returns {[string, unknown][]}
 */
function flat(value, place) {
  if (!value || typeof value !== 'object') return [[place, value]];
  return Object.entries(value).flatMap(([name, one]) => flat(one, `${place}/${name}`));
}
