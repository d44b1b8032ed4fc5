// The page, for the scripts that some pages load after the page script (README.md).

/** @type {{ page?: Page, counters?: Record<string, Counter | null> }} */
export const HERE = {};
