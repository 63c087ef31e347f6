/** Calls `operation` `total` times from `callers` loops at once, each waiting for its own answer before it calls again. */
export async function callFrom(callers: number, total: number, operation: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const loop = async () => {
    while (next < total) await operation(next++);
  };
  await Promise.all(Array.from({ length: callers }, loop));
}
