/** An amount of bytes as a limit is told: 1,048,576 bytes (1 MiB). */
export function bytesText(bytes: number): string {
  const exact = `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  if (power === 0) return exact;
  return `${exact} (${Number((bytes / 1_024 ** power).toFixed(1))} ${['KiB', 'MiB', 'GiB'][power - 1]})`;
}
