// A request that does not wait for ever.
const PATIENCE = 60000; // a large batch on 2G takes 20 s

/**
 * The answer, or null when none came: then nobody knows whether what was sent arrived.
 * @param {Ports['fetch']} fetch
 * @param {string} address
 * @param {RequestInit} init
 */
export async function ask(fetch, address, init) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    return await fetch(address, { credentials: 'omit', ...init, signal: limit.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
