// The code of the town's letter: ten signs and one that checks them (Crockford's base 32), as it is read from paper.

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECKS = `${SIGNS}*~$=U`;
const LENGTH = 10;

/**
 * The code as the town knows it, "" where it can't be one: a sign too many, too few, or misread. Spaces, dashes and
 * small letters are forgiven, O is read as 0, I and L as 1.
 * @param {string} written
 */
export function readCensusCode(written) {
  const code = written.toUpperCase().replace(/[\s\u2010-\u2015-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (code.length !== LENGTH + 1) return '';
  let value = 0; // 50 bits: exact
  for (const sign of code.slice(0, LENGTH)) {
    if (!SIGNS.includes(sign)) return '';
    value = value * 32 + SIGNS.indexOf(sign);
  }
  return CHECKS[value % 37] === code[LENGTH] ? code : '';
}
