// Votes on ideas, recounted: three figures an idea.

/**
 * @param {Recounted} told
 * @param {RecountTools} tools
 */
export function recount({ totals, results }, { say }) {
  const items = results.items.filter((/** @type {any} */ one) => !('option' in one));
  return items.flatMap((/** @type {any} */ item) => {
    const counted = totals.get(item.id) || {};
    return ['for', 'against', 'blank'].map((name) => ({
      head: say('recount.item', { number: item.number, choice: say(`choice.vote.${name}`) }),
      published: item[name],
      counted: counted[name] || 0,
    }));
  });
}
