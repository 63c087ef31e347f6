import type { Html } from '../../../frontend/js/views/html.js';
import type { Flash } from '../../../frontend/js/views/states.js';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { StatsHistory } from './stats-history.ts';

/** What pages read from: the same facade as the API. */
export interface PageDeps extends Pick<ApiDeps, 'engine' | 'clock' | 'random' | 'options' | 'auth' | 'bundles'> {
  readonly history: StatsHistory;
}

/** One screen with what it shows: `view` is a pure function of `model`, here and in the browser. */
export interface Screen {
  readonly screen: string;
  readonly title: string;
  readonly model: Readonly<Record<string, unknown>>;
  readonly body: (now: string) => Html;
  /** 200 when left out. */
  readonly status?: number;
}

/** A typed screen: the compiler checks that the view takes what the model holds. */
export function screenOf<M extends object>(
  screen: string,
  title: string,
  view: (model: M & { now: string }) => Html,
  model: M,
  status = 200,
): Screen {
  return { screen, title, model: model as Readonly<Record<string, unknown>>, body: (now) => view({ ...model, now }), status };
}

/** Where a form leads when it was taken. */
export interface Done {
  readonly to: string;
  readonly flash?: Flash;
}

/** No page shows more pools at once: a page of ten thousand helps nobody. */
export const mostPools = 200;

export function notFound(what: string): TaskRouterError {
  return new TaskRouterError('not_found', `${what} not found`);
}
