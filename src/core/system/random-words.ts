const words = 1_024;

/**
 * Random numbers of 32 bits from the system's source, drawn so many at a time: a draw of its own would cost more than the rest of an id.
 * @see https://developer.mozilla.org/docs/Web/API/Crypto/getRandomValues
 */
export function createRandomWords(): { nextUint32(): number } {
  const buffer = new Uint32Array(words);
  let next = words;
  return {
    nextUint32() {
      if (next === words) {
        crypto.getRandomValues(buffer);
        next = 0;
      }
      return buffer[next++] ?? 0; // inside the buffer
    },
  };
}
