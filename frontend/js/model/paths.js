/**
 * A path without one of its query parameters.
 * @param {string} path
 * @param {string} name
 */
export function filterless(path, name) {
  const [place = '/', query = ''] = path.split('?');
  const params = new URLSearchParams(query);
  params.delete(name);
  return params.size === 0 ? place : `${place}?${params}`;
}

/**
 * A path with one query parameter set.
 * @param {string} path
 * @param {string} name
 * @param {string} value
 */
export function withParameter(path, name, value) {
  const [place = '/', query = ''] = path.split('?');
  const params = new URLSearchParams(query);
  params.set(name, value);
  return `${place}?${params}`;
}
