/** Boxes that were seen: the reader may have scrolled them. @type {WeakSet<Element>} */
const seen = new WeakSet();

/**
 * Draws, and keeps boxes that grow (`data-follow`) at their end: those that stood there, and new ones. Who scrolled up is left where they are.
 * @param {() => void} draw
 */
export function followingEnds(draw) {
  const boxes = () => [...document.querySelectorAll('[data-follow]')];
  const before = new Set(boxes().filter((box) => !seen.has(box) || isAtEnd(box)));
  draw();
  for (const box of boxes()) {
    if (before.has(box) || !seen.has(box)) box.scrollTop = box.scrollHeight;
    seen.add(box);
  }
}

/** Give or take a line. @param {Element} box */
function isAtEnd({ scrollTop, scrollHeight, clientHeight }) {
  return scrollHeight - scrollTop - clientHeight < 24;
}
