/**
 * Records of a zip whose files are stored as they are and of which a checksum is only known once they have been sent.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3 and 4.5.3
 */

/** A file in the archive. */
export interface ZipEntry {
  readonly name: Buffer;
  readonly bytes: number;
  /** Where its header begins. */
  readonly at: number;
  readonly crc: number;
}

/** Numbers from these on stand in fields of 64 bits, and the old ones are full. */
export interface ZipLimits {
  readonly bytes: number;
  readonly entries: number;
}
export const zipLimits: ZipLimits = { bytes: 0xffff_ffff, entries: 0xffff };

const sizesFollow = 0x0008;
const nameIsUtf8 = 0x0800;
const flags = sizesFollow | nameIsUtf8;
/** 1980-01-01, as early as there is: the same files are the same archive. */
const date = 0x0021;
const madeOnUnix = 3 << 8;
const mode = 0o100644;
const [version, version64] = [20, 45];

type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** Numbers one after the other, the lowest byte first. */
function record(...fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** Before a file. */
export function fileHeader(name: Buffer, bytes: number, limits: ZipLimits): Buffer {
  const isLarge = bytes >= limits.bytes;
  const size: Field = [4, isLarge ? 0xffff_ffff : 0];
  const extra = isLarge ? record([2, 1], [2, 16], [8, 0], [8, 0]) : Buffer.alloc(0);
  const fixed = record(
    ...([
      [4, 0x0403_4b50],
      [2, isLarge ? version64 : version],
      [2, flags],
      [2, 0],
      [2, 0],
      [2, date],
    ] as const),
    ...[[4, 0] as const, size, size, [2, name.length] as const, [2, extra.length] as const],
  );
  return Buffer.concat([fixed, name, extra]);
}

/** After a file: what its header could not say. */
export function fileEnd({ bytes, crc }: Pick<ZipEntry, 'bytes' | 'crc'>, limits: ZipLimits): Buffer {
  const width = bytes >= limits.bytes ? 8 : 4;
  return record([4, 0x0807_4b50], [4, crc], [width, bytes], [width, bytes]);
}

/** In the directory at the end. */
export function directoryEntry({ name, bytes, at, crc }: ZipEntry, limits: ZipLimits): Buffer {
  const [isLarge, isFar] = [bytes >= limits.bytes, at >= limits.bytes];
  const wide: Field[] = [
    ...(isLarge
      ? ([
          [8, bytes],
          [8, bytes],
        ] as const)
      : []),
    ...(isFar ? ([[8, at]] as const) : []),
  ];
  const extra = wide.length === 0 ? Buffer.alloc(0) : record([2, 1], [2, 8 * wide.length], ...wide);
  const needs = isLarge || isFar ? version64 : version;
  const size: Field = [4, isLarge ? 0xffff_ffff : bytes];
  const fixed = record(
    ...([
      [4, 0x0201_4b50],
      [2, madeOnUnix | needs],
      [2, needs],
      [2, flags],
      [2, 0],
      [2, 0],
      [2, date],
      [4, crc],
    ] as const),
    ...[size, size, [2, name.length] as const, [2, extra.length] as const],
    ...([
      [2, 0],
      [2, 0],
      [2, 0],
      [4, mode * 0x1_0000],
      [4, isFar ? 0xffff_ffff : at],
    ] as const),
  );
  return Buffer.concat([fixed, name, extra]);
}

/** @param at where the directory begins */
export function directoryEnd(entries: number, at: number, bytes: number, limits: ZipLimits): Buffer {
  const isWide = entries >= limits.entries || at >= limits.bytes || bytes >= limits.bytes;
  const wide = isWide
    ? [
        record(
          ...([
            [4, 0x0606_4b50],
            [8, 44],
            [2, madeOnUnix | version64],
            [2, version64],
            [4, 0],
            [4, 0],
          ] as const),
          ...([
            [8, entries],
            [8, entries],
            [8, bytes],
            [8, at],
          ] as const),
        ),
        record([4, 0x0706_4b50], [4, 0], [8, at + bytes], [4, 1]),
      ]
    : [];
  const [count, size, place] = isWide ? [0xffff, 0xffff_ffff, 0xffff_ffff] : [entries, bytes, at];
  return Buffer.concat([...wide, record([4, 0x0605_4b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, place], [2, 0])]);
}
