// A question to the town that is answered at once, and not kept for later.
import { post } from './sync.mjs';

/**
 * @param {Pick<Ports, 'site' | 'fetch'>} ports
 * @param {string} path
 * @param {object} body
 * @returns {Promise<Answer>}
 */
export async function ask(ports, path, body) {
  const response = await post(ports, path, body);
  if (!response) return { status: 0, body: {} };
  return { status: response.status, body: (await response.json().catch(() => null)) || {} };
}
