import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast } from '../../frontend/js/model/contrast.js';

const css = readFileSync('frontend/css/tokens.css', 'utf8');
const text = 4.5;
const mark = 3;

type Theme = 'light' | 'dark' | 'contrast light' | 'contrast dark';

/** Colours of one block, by name, for one side of `light-dark()`. */
function block(start: string, side: 0 | 1): ReadonlyMap<string, string> {
  const from = css.indexOf(start);
  const body = css.slice(from, css.indexOf('\n}', from));
  const found = [...body.matchAll(/(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  return new Map(found.map(([, name, light, dark]) => [name!, side === 0 ? light! : dark!]));
}

const themes: Readonly<Record<Theme, ReadonlyMap<string, string>>> = {
  light: block(':root {', 0),
  dark: block(':root {', 1),
  'contrast light': new Map([...block(':root {', 0), ...block('[data-theme="contrast"] {', 0)]),
  'contrast dark': new Map([...block(':root {', 1), ...block('[data-theme="contrast"] {', 1)]),
};

const grounds = ['--bg', '--surface', '--sunken', '--hover'];
const pairs: readonly (readonly [string, string, number])[] = [
  ...['--text', '--muted', '--accent'].flatMap((ink) => grounds.map((ground) => [ink, ground, text] as const)),
  ...['ok', 'bad', 'busy', 'wait', 'later', 'gone'].flatMap((tone) => [
    [`--${tone}`, `--${tone}-tint`, text] as const,
    [`--${tone}`, '--surface', text] as const,
  ]),
  ...['--text', '--muted', '--accent'].map((ink) => [ink, '--accent-tint', text] as const),
  ['--text', '--bad-tint', text],
  ['--muted', '--bad-tint', text],
  ['--on-accent', '--accent-fill', text],
  ['--on-accent', '--accent-hover', text],
  ...Array.from({ length: 8 }, (_, step) => [`--heat-ink-${step}`, `--heat-${step}`, text] as const),
  ...['ok', 'bad', 'busy', 'wait', 'later', 'gone'].map((tone) => [`--mark-${tone}`, '--surface', mark] as const),
  ['--line-strong', '--surface', mark],
  ['--line-strong', '--bg', mark],
  ['--focus', '--surface', mark],
  ['--focus', '--bg', mark],
];

describe.each(Object.keys(themes) as Theme[])('theme %s', (theme) => {
  it.each(pairs)('%s on %s has at least %d : 1', (ink, ground, least) => {
    const colours = themes[theme];
    const [front, back] = [colours.get(ink), colours.get(ground)];
    expect([ink, front, ground, back]).not.toContain(undefined);
    expect(contrast(front!, back!)).toBeGreaterThanOrEqual(least);
  });
});

it('knows the extremes', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#777777')).toBe(1);
});
