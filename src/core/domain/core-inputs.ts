import type { Json } from './json.ts';
import type { EpochMs, Seq } from './units.ts';

/**
 * What a decision core was told, in order, from one entry of the log to the next: enough to decide once more and compare. What happens to
 * tasks is a text of a few characters each, as everything else about them is in their rows; what is rare is spelled out.
 */
export interface CoreInputs {
  /** From 0 with every start of the server, without gaps. */
  readonly number: number;
  /** Decisions of the turn that followed; 0: none did. */
  readonly decided: number;
  /** Texts and calls, see `readInputs`. */
  readonly items: readonly Json[];
}

export type CoreInput =
  /** `attempt`: of the latest there was. */
  | { readonly kind: 'submit'; readonly seq: Seq; readonly attempt: number }
  /** The attempt that runs ended, as its row says; `isFree`: it cost nothing. */
  | { readonly kind: 'end'; readonly seq: Seq; readonly isFree: boolean }
  /** What was decided came to nothing: the claim lost its race, or nobody was left to settle. */
  | { readonly kind: 'undo'; readonly seq: Seq; readonly at: EpochMs }
  | { readonly kind: 'cancel'; readonly seq: Seq }
  /** A turn that could start nothing. */
  | { readonly kind: 'look'; readonly at: EpochMs }
  /** A change of the world, by name. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Json[] };

const submitted = '+';
const ended = '-';
const endedFree = '=';
const undone = '~';
const cancelled = '^';
const looked = '.';
const times = ':';
const withNumber = '/';
const radix = 36;

/** Written as an array, which is what the log keeps. */
export function encodeInputs({ number, decided, items }: CoreInputs): readonly Json[] {
  return [number, decided, ...items];
}

/** What is stored is not what was written. */
export class DamagedInputs extends Error {}

/** `undefined`: nothing is stored. @throws DamagedInputs */
export function decodeInputs(stored: Json | undefined): CoreInputs | undefined {
  if (stored === undefined) return undefined;
  if (!Array.isArray(stored)) throw new DamagedInputs('not inputs of a decision core');
  const [number, decided, ...items] = stored as readonly Json[];
  if (isCount(number) && isCount(decided)) return { number, decided, items };
  throw new DamagedInputs('not numbered inputs of a decision core');
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Collects inputs as items. Neighbours alike become one: tasks 7 to 12, submitted. */
export class InputWriter {
  #items: Json[] = [];
  #text = '';
  #op = '';
  #first = 0;
  #count = 0;
  #attempt = 0;
  #time: EpochMs = 0;
  #callsLength = 0;

  /** Characters, about. */
  get length(): number {
    return this.#text.length + this.#callsLength;
  }

  submit(seq: Seq, attempt: number): void {
    this.#task(submitted, seq, attempt);
  }
  end(seq: Seq, isFree: boolean): void {
    this.#task(isFree ? endedFree : ended, seq, 0);
  }
  cancel(seq: Seq): void {
    this.#task(cancelled, seq, 0);
  }
  undo(seq: Seq, at: EpochMs): void {
    this.#close();
    this.#text += `${undone}${text(seq)}${withNumber}${this.#since(at)}`;
  }
  look(at: EpochMs): void {
    this.#close();
    this.#text += `${looked}${this.#since(at)}`;
  }
  call(name: string, ...args: readonly Json[]): void {
    this.#endText();
    this.#items.push([name, ...args]);
    this.#callsLength += JSON.stringify(args).length;
  }

  /** Empties it. */
  take(): readonly Json[] {
    this.#endText();
    const items = this.#items;
    this.#items = [];
    this.#callsLength = 0;
    this.#time = 0;
    return items;
  }

  #task(op: string, seq: Seq, attempt: number): void {
    if (op === this.#op && seq === this.#first + this.#count && attempt === this.#attempt) {
      this.#count++;
      return;
    }
    this.#close();
    this.#op = op;
    this.#first = seq;
    this.#count = 1;
    this.#attempt = attempt;
  }

  #close(): void {
    if (this.#count === 0) return;
    this.#text += this.#op + text(this.#first);
    if (this.#count > 1) this.#text += times + text(this.#count);
    if (this.#attempt > 0) this.#text += withNumber + text(this.#attempt);
    this.#count = 0;
    this.#op = '';
  }

  #endText(): void {
    this.#close();
    if (this.#text !== '') this.#items.push(this.#text);
    this.#text = '';
  }

  /** The first of an entry since 1970, all others since the one before; odd: back. */
  #since(at: EpochMs): string {
    const ms = at - this.#time;
    this.#time = at;
    return text(ms >= 0 ? 2 * ms : -2 * ms - 1);
  }
}

/**
 * Items back into inputs, in order. A text is made of a sign, a number in base 36, and more numbers behind `:` (as many in a row) and `/`.
 * @throws DamagedInputs for what was not written by `InputWriter`
 */
export function* readInputs(items: readonly Json[]): Generator<CoreInput> {
  let time: EpochMs = 0;
  for (const item of items) {
    if (typeof item === 'string') yield* inText(item);
    else if (Array.isArray(item) && typeof item[0] === 'string') yield { kind: 'call', name: item[0], args: item.slice(1) as Json[] };
    else throw new DamagedInputs('not an input of a decision core');
  }

  function* inText(whole: string): Generator<CoreInput> {
    let at = 0;
    const number = (): number => {
      const begin = at;
      let value = 0;
      for (let digit = digitAt(whole, at); digit >= 0; digit = digitAt(whole, ++at)) value = value * radix + digit;
      if (at === begin || !Number.isSafeInteger(value)) throw new DamagedInputs(`not inputs of a decision core: ${whole.slice(0, 40)}`);
      return value;
    };
    const behind = (sign: string): number | undefined => {
      if (whole[at] !== sign) return undefined;
      at++;
      return number();
    };
    const moment = (coded: number): EpochMs => {
      time += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      return time;
    };
    while (at < whole.length) {
      const op = whole[at++];
      const first = number();
      if (op === looked) {
        yield { kind: 'look', at: moment(first) };
        continue;
      }
      if (op === undone) {
        yield { kind: 'undo', seq: first, at: moment(behind(withNumber) ?? 0) };
        continue;
      }
      const count = behind(times) ?? 1;
      const attempt = behind(withNumber) ?? 0;
      for (let seq = first; seq < first + count; seq++) yield ofTask(op, seq, attempt);
    }
  }
}

function ofTask(op: string | undefined, seq: Seq, attempt: number): CoreInput {
  if (op === submitted) return { kind: 'submit', seq, attempt };
  if (op === ended || op === endedFree) return { kind: 'end', seq, isFree: op === endedFree };
  if (op === cancelled) return { kind: 'cancel', seq };
  throw new DamagedInputs(`not an input of a decision core: ${op}`);
}

function text(value: number): string {
  return value.toString(radix);
}

/** -1: no digit. */
function digitAt(whole: string, at: number): number {
  const code = whole.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 122 ? code - 87 : -1;
}
