/**
 * Numbers, times and amounts as text. Written by hand on purpose: `Intl` of Node and of the browser differ in data and in default zone, and
 * server and browser must write the same bytes.
 */

/**
 * Whole number with thousands separators: 12,345.
 * @param {number} value
 */
export function count(value) {
  const sign = value < 0 ? '-' : '';
  return (
    sign +
    Math.abs(Math.round(value))
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ',')
  );
}

/**
 * A total that may be a lower bound: `10,000+`.
 * @param {number} value
 * @param {boolean} isCapped
 */
export function total(value, isCapped) {
  return isCapped ? `${count(Math.min(value, 10_000))}+` : count(value);
}

/**
 * Short form for narrow places: 950, 12.3k, 4.1M.
 * @param {number} value
 */
export function compact(value) {
  if (value < 10_000) return count(value);
  if (value < 999_950) return `${trim(value / 1_000, 1)}k`;
  return `${trim(value / 1_000_000, 1)}M`;
}

/**
 * At most `digits` decimals, no trailing zeros.
 * @param {number} value
 * @param {number} digits
 */
export function trim(value, digits) {
  return String(Number(value.toFixed(digits)));
}

/**
 * Price or cost: two decimals, more only when they matter.
 * @param {number} value
 */
export function money(value) {
  const rounded = Math.round(value * 1e6) / 1e6;
  const short = rounded.toFixed(2);
  if (Number(short) !== rounded && Math.abs(rounded) < 100) return trim(rounded, 4);
  const [whole, cents] = short.split('.');
  return `${count(Number(whole))}.${cents}`;
}

/**
 * Size in bytes: 950 B, 12.3 KiB, 4.1 MiB.
 * @param {number} bytes
 */
export function size(bytes) {
  if (bytes < 1_024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${trim(bytes / 1_024 ** power, 1)} ${units[power - 1]}`;
}

/** @param {number} ratio 0-1 @returns {string} whole percent */
export function percent(ratio) {
  return `${Math.round(ratio * 100)}%`;
}

/**
 * Length of time from milliseconds, two units at most: 340 ms, 1.2 s, 2 min 5 s, 3 h 4 min, 2 d 1 h.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 0) return duration(0);
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${trim(ms / 1_000, 2)} s`;
  if (ms < 59_950) return `${trim(ms / 1_000, 1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** @param {number} major @param {string} majorUnit @param {number} minor @param {string} minorUnit */
function pair(major, majorUnit, minor, minorUnit) {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

/**
 * How long ago, in one coarse unit, so that it does not change under the reader more often than it has to.
 * @param {number} ms
 */
export function ago(ms) {
  if (ms < 1_000) return 'just now';
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** @param {string} iso ISO 8601 with Z @returns {string} 12:03:10 */
export function clockTime(iso) {
  return iso.slice(11, 19);
}

/** @param {string} iso ISO 8601 with Z @returns {string} 12:03:10.123 */
export function preciseTime(iso) {
  return iso.slice(11, 23);
}

/** @param {string} iso ISO 8601 with Z @returns {string} 2026-11-21 12:03:10 */
export function dateTime(iso) {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/**
 * Milliseconds between two ISO times; `undefined` when one is missing.
 * @param {string | null | undefined} from
 * @param {string | null | undefined} to
 */
export function between(from, to) {
  if (!from || !to) return undefined;
  return Date.parse(to) - Date.parse(from);
}

/**
 * The end of a uuid v7: its first characters are the time and nearly equal for neighbours.
 * @param {string} id
 */
export function shortId(id) {
  return id.slice(-8);
}

/** @param {number} amount @param {string} one @param {string} [many] @returns {string} 1 task, 2 tasks */
export function plural(amount, one, many = `${one}s`) {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}
