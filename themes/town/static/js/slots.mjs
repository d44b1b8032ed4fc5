// Which revision counts: the greatest (rev, id) of a slot, whatever the order of arrival. Twin of civic/slots.py.

/**
 * @param {{ rev: number, id: string }} one
 * @param {{ rev: number, id: string } | undefined} head
 */
export function isWinning(one, head) {
  return !head || one.rev > head.rev || (one.rev === head.rev && one.id > head.id);
}
