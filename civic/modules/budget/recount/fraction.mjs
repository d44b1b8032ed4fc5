// Exact fractions, for money that many share. No literal such as 1n: a browser without BigInt still reads this file, and
// recount.mjs asks it for nothing more.

/** @typedef {{ n: bigint, d: bigint, near: number }} Fraction in lowest terms, d > 0; `near` is about what it is, or NaN */

export const big = /** @type {BigIntConstructor} */ (typeof BigInt === 'function' ? BigInt : /** @type {unknown} */ (Number));
export const NONE = big(0);
export const ONE = big(1);
const SURE = 1e-9; // of two numbers further apart than this part of them, the rounded ones tell which is less

/** @type {(one: bigint, other: bigint) => bigint} */
export function gcd(one, other) {
  while (other) [one, other] = [other, one % other];
  return one;
}

/**
 * @param {bigint} n at least 0
 * @param {bigint} d above 0
 * @returns {Fraction}
 */
export function fraction(n, d) {
  const part = gcd(n, d);
  const [over, under] = [n / part, d / part];
  const near = Number(over) / Number(under);
  // Where one of the two is too great for a number, only the exact ones tell.
  return { n: over, d: under, near: near > 0 && near < Infinity ? near : NaN };
}

/** @type {(one: Fraction, other: Fraction) => number} below 0 where `one` is less, 0 where they are equal */
export function compare(one, other) {
  const gap = one.near - other.near;
  if (Math.abs(gap) > SURE * one.near) return gap; // never so of NaN
  const exact = one.n * other.d - other.n * one.d;
  return exact < NONE ? -1 : exact > NONE ? 1 : 0;
}

/** @type {(one: Fraction, more: bigint) => Fraction} */
export function raised(one, more) {
  return fraction(one.n + more * one.d, one.d);
}

/** @type {(one: Fraction) => number} hundredths, never more than there are */
export function cents({ n, d }) {
  return Number((n * big(100)) / d);
}
