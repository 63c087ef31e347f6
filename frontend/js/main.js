/**
 * The first script: it only waits. The page is complete without it, so nothing it loads may delay the first paint; when that is on the
 * screen the rest comes and takes over.
 */
document.documentElement.classList.add('js');

let isBegun = false;
function begin() {
  if (isBegun) return;
  isBegun = true;
  void import('./app.js').then(({ start }) => start());
}

/** A tab that opens in the background is not painted; it begins all the same. */
const longestWaitMs = 1_000;
setTimeout(begin, longestWaitMs);
new PerformanceObserver(begin).observe({ type: 'paint', buffered: true });
