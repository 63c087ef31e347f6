/**
 * Contrast of two colours as WCAG 2.2 defines it, 1-21.
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 * @param {string} a #rrggbb
 * @param {string} b #rrggbb
 */
export function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/**
 * @param {string} colour #rrggbb
 * @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
 */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** @param {number} channel 0-1 */
function linear(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
