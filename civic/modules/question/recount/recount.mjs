// Answers to questions, recounted: a figure an answer.

/**
 * @param {Recounted} told
 * @param {RecountTools} tools
 */
export function recount({ totals, results }, { say }) {
  const items = results.items.filter((/** @type {any} */ one) => 'option' in one);
  return items.map((/** @type {any} */ item) => {
    const choice = item.label === item.option ? say('recount.blank.ballot') : item.label;
    const counted = totals.get(item.id) || {};
    return { head: say('recount.question', { number: item.number, choice }), published: item.votes, counted: counted[item.option] || 0 };
  });
}
