// What the page tells its scripts (docs/formats.md §10).

/** @returns {Site | null} */
export function readSite() {
  const $meta = document.querySelector('meta[name=preau-site]');
  return $meta instanceof HTMLMetaElement ? JSON.parse($meta.content) : null;
}
