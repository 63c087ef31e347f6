import type { TransferPrice } from '../strategies/strategy.ts';
import type { Interner } from './interner.ts';

/** Prices of a GB between interned regions. */
export interface TransferPrices {
  /** 0 where there are none. */
  readonly dearestUsd: number;
  /** 0 within a region, without one, and where nobody said. */
  between(from: number, to: number): number;
}

interface Matrix {
  readonly rows: readonly (readonly number[] | undefined)[];
  readonly dearestUsd: number;
}

/** The matrix is worked out when it is first asked for: most strategies never do. */
export function createTransferPrices(prices: readonly TransferPrice[], regions: Interner): TransferPrices {
  let matrix: Matrix | undefined;
  const known = () => {
    matrix ??= matrixOf(prices, regions);
    return matrix;
  };
  return {
    get dearestUsd() {
      return known().dearestUsd;
    },
    between: (from, to) => (from === to ? 0 : (known().rows[from]?.[to] ?? 0)),
  };
}

function matrixOf(prices: readonly TransferPrice[], regions: Interner): Matrix {
  const rows: number[][] = [];
  let dearestUsd = 0;
  for (const { from, to, usdPerGb } of prices) {
    const row = rows[regions.idOf(from)] ?? [];
    row[regions.idOf(to)] = usdPerGb;
    rows[regions.idOf(from)] = row;
    dearestUsd = Math.max(dearestUsd, usdPerGb);
  }
  return { rows, dearestUsd };
}
