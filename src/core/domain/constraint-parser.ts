import { type Constraint, isNumberText } from './constraint.ts';
import { type LabelValue, labelNameProblem, labelValueProblem } from './label.ts';

export type ParsedConstraints = { readonly constraints: readonly Constraint[] } | { readonly problem: string };

/**
 * Reads constraints written as text:
 *
 * ```
 * constraints = constraint *( "," constraint )
 * constraint  = label                                      the pool has the label
 *             / "!" label                                  it has not
 *             / label ( "=" / "!=" ) value
 *             / label ( "<" / "<=" / ">" / ">=" ) number
 *             / label [ "not" ] "in" "(" value *( "," value ) ")"
 * value       = number / word / quoted text, as in JSON
 * ```
 *
 * A word has letters, digits and `._/:@+-`. What looks like a number is one: `zone = "7"` asks for text.
 * @returns the constraints in the order of the text, or what is wrong: where, what may stand there and what does.
 */
export function parseConstraints(text: string): ParsedConstraints {
  const scanner = new Scanner(text);
  try {
    const constraints: Constraint[] = [];
    do constraints.push(readConstraint(scanner));
    while (scanner.take(/,/y) !== undefined);
    const wanted =
      constraints.at(-1)?.op === 'exists' ? 'one of =, !=, <, <=, >, >=, in, not in, a comma or the end' : 'a comma or the end';
    if (!scanner.isAtEnd) throw scanner.wants(wanted);
    return { constraints };
  } catch (error) {
    if (error instanceof Misread) return { problem: error.message };
    throw error;
  }
}

class Misread extends Error {}

function readConstraint(scanner: Scanner): Constraint {
  if (scanner.take(/!/y) !== undefined) return { label: readLabel(scanner, 'a label'), op: 'not_exists' };
  const label = readLabel(scanner, 'a label, or ! and a label');
  const word = scanner.take(/!=|<=|>=|[=<>]|not\s+in\b|in\b/y);
  switch (word) {
    case undefined:
      return { label, op: 'exists' };
    case '=':
    case '!=':
      return { label, op: word, value: readValue(scanner) };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { label, op: word, value: readNumber(scanner) };
    default:
      return { label, op: word === 'in' ? 'in' : 'not_in', values: readValues(scanner) };
  }
}

function readLabel(scanner: Scanner, wanted: string): string {
  const label = scanner.take(/[A-Za-z][A-Za-z0-9._/-]*/y);
  if (label === undefined) throw scanner.wants(wanted);
  const problem = labelNameProblem(label);
  if (problem !== undefined) throw scanner.refuses(label, problem);
  return label;
}

function readValues(scanner: Scanner): LabelValue[] {
  if (scanner.take(/\(/y) === undefined) throw scanner.wants('( and values');
  const values: LabelValue[] = [];
  do values.push(readValue(scanner));
  while (scanner.take(/,/y) !== undefined);
  if (scanner.take(/\)/y) === undefined) throw scanner.wants('a comma or )');
  return values;
}

function readNumber(scanner: Scanner): number {
  const word = scanner.take(/[A-Za-z0-9._/:@+-]+/y);
  if (word === undefined) throw scanner.wants('a number');
  if (!isNumberText(word)) throw scanner.refuses(word, 'must be a number: only numbers are less or greater');
  return checked(scanner, word, Number(word)) as number; // a number went in
}

function readValue(scanner: Scanner): LabelValue {
  const quoted = scanner.take(/"(?:[^"\\]|\\.)*"/y);
  if (quoted !== undefined) return checked(scanner, quoted, unquoted(scanner, quoted));
  const word = scanner.take(/[A-Za-z0-9._/:@+-]+/y);
  if (word === undefined) throw scanner.wants('a number, a word or "text"');
  return checked(scanner, word, isNumberText(word) ? Number(word) : word);
}

function unquoted(scanner: Scanner, quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw scanner.refuses(quoted, 'must be text as JSON writes it');
  }
}

function checked(scanner: Scanner, word: string, value: LabelValue): LabelValue {
  const problem = labelValueProblem(value);
  if (problem !== undefined) throw scanner.refuses(word, problem);
  return value;
}

/** Reads from left to right and knows where it is. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#skipBlanks() === this.#text.length;
  }

  /** What the sticky pattern finds here, after blanks. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#skipBlanks();
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  wants(wanted: string): Misread {
    const at = this.#skipBlanks();
    const there = at === this.#text.length ? 'the text ends there' : `there is ${JSON.stringify(this.#text.slice(at, at + 12))}`;
    return new Misread(`at character ${at + 1}: expected ${wanted}, and ${there}`);
  }

  /** What was taken last does not do. */
  refuses(word: string, problem: string): Misread {
    return new Misread(`at character ${this.#at - word.length + 1}: ${word.slice(0, 40)} ${problem}`);
  }

  #skipBlanks(): number {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
    return this.#at;
  }
}
