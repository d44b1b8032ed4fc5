// Every order of a list, from the one file that a consultation publishes of them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { inOrder } from '../../themes/town/static/js/order.mjs';

const ORDERS = { items: [[4, 2, 9], [1, 5, 0], [3, 5, 1], [2, null, 0]], lot: [3, 9, 2, 4, 1] };
const numbers = (name) => inOrder(ORDERS, name).map(([number]) => number);

test('the order of relevance is the one that is published', () => {
  assert.deepEqual(numbers('relevance'), [4, 1, 3, 2]);
});

test('most supported first, of two the older; what has no public votes is in no such order', () => {
  assert.deepEqual(numbers('support'), [1, 3, 4]);
});

test('by lot as it was drawn, without what does not stand any more', () => {
  assert.deepEqual(numbers('lot'), [3, 2, 4, 1]);
});
