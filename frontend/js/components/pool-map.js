/** Arrow keys walk the cells of the utilisation map; Tab does too, cell by cell, because they are links. */
export function mountPoolMap() {
  document.addEventListener('keydown', (event) => {
    const cell = event.target instanceof Element ? event.target.closest('.heat-cell') : null;
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(cell, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** @param {Element} cell @param {string} key @returns {HTMLElement | undefined} */
function neighbour(cell, key) {
  const rows = [...document.querySelectorAll('.heat tbody tr')].map((row) => [...row.querySelectorAll('.heat-cell')]);
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row]?.indexOf(cell) ?? 0;
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key] ?? [0, 0];
  if (down === 0 && right === 0) return undefined;
  const target = rows[row + (down ?? 0)];
  const found = target?.[Math.min(column + (right ?? 0), target.length - 1)];
  return found instanceof HTMLElement && found !== cell ? found : undefined;
}
