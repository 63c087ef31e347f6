import { Nullable } from './common.ts';
import { Type } from './type.ts';

/** Query of every list: the original's `page`, or a `cursor`. */
export const pageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'Page number, 1 when left out.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Rows a page, 10 when left out.' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'next_cursor or prev_cursor of an earlier answer.' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000, description: 'Rows an answer when paging by cursor, 50 when left out.' }),
  ),
};

/** What every list says beside its rows. */
export const pageInfo = {
  total: Type.Integer({ description: 'Rows that match.' }),
  page: Nullable(Type.Integer({ description: 'null when paging by cursor.' })),
  page_size: Type.Integer(),
  total_is_capped: Type.Boolean({ description: 'total is a lower bound.' }),
  next_cursor: Nullable(Type.String({ description: 'For the rows that are older.' })),
  prev_cursor: Nullable(Type.String({ description: 'For the rows that are newer.' })),
};
