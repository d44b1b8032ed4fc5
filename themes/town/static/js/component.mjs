// One broken piece never takes the page: its text was complete before any script ran.

/**
 * @param {string} name for the person who reads the console
 * @param {() => void | Promise<unknown>} start
 */
export function component(name, start) {
  const report = (/** @type {unknown} */ error) => console.error(`Préau, ${name}:`, error);
  try {
    Promise.resolve(start()).catch(report);
  } catch (error) {
    report(error);
  }
}
