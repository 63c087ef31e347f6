import type { ServerResponse } from 'node:http';

/** The client's end of a stream. */
export interface Sink {
  /** Text that was written and is not on its way yet, in bytes. */
  readonly buffered: number;
  /** The client takes less than it is sent: wait for `drained`. */
  readonly isFull: boolean;
  write(text: string): void;
  /** Settles when there is room again or the client is gone. */
  drained(): Promise<void>;
  /** Ends it in order. */
  end(): void;
  /** Cuts it. */
  cut(): void;
  onClose(listener: () => void): void;
}

export function sinkOf(response: ServerResponse): Sink {
  return {
    get buffered() {
      return response.writableLength;
    },
    get isFull() {
      return response.writableNeedDrain;
    },
    write: (text) => void response.write(text),
    drained: () =>
      new Promise((resolve) => {
        const settle = () => {
          response.off('drain', settle).off('close', settle);
          resolve();
        };
        response.once('drain', settle).once('close', settle);
        if (!response.writableNeedDrain || response.destroyed) settle();
      }),
    end: () => void response.end(),
    cut: () => void response.destroy(),
    onClose: (listener) => void response.once('close', listener),
  };
}
