import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = readdirSync('frontend', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:js|css|svg)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join('frontend', file), 'utf8') }));
const scripts = files.filter(({ file }) => file.endsWith('.js'));

describe('what frontend files never do', () => {
  it('has files to look at', () => expect(scripts.length).toBeGreaterThan(20));

  it.each(scripts)('$file makes no markup past dom.js', ({ file, text }) => {
    const found =
      text.match(/innerHTML\s*=|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function/g) ??
      [];
    expect(found).toEqual(file === join('js', 'dom.js') ? ['innerHTML ='] : []);
  });

  it.each(scripts.filter(({ file }) => /^js.(?:views|model)/.test(file)))(
    '$file is pure: no clock, chance, DOM, network or locale',
    ({ text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(code.match(/Date\.now|new Date\(\)|Math\.random|\bdocument\.|\bwindow\.|\bfetch\(|toLocale|\bIntl\./g) ?? []).toEqual([]);
    },
  );

  it.each(scripts)('$file writes no inline style and no handler attribute', ({ text }) => {
    expect(text.match(/ style="| on[a-z]+="/g) ?? []).toEqual([]);
  });

  it.each(files)('$file names no other origin', ({ text }) => {
    const addresses = (text.match(/https?:\/\/[^\s'"`)>]+/g) ?? []).filter(
      (url) => !/^http:\/\/www\.w3\.org\/2000\/svg|\/\/(?:www\.w3\.org|html\.spec\.whatwg\.org)\//.test(url),
    );
    expect(addresses).toEqual([]);
  });

  it.each(files.filter(({ file }) => file.endsWith('.css') && !file.endsWith('tokens.css')))(
    '$file takes its colours from the tokens',
    ({ text }) => {
      expect(
        (text.match(/#[0-9a-f]{3,8}\b/gi) ?? []).filter(
          (colour) => colour !== '#ffffff' && !/^#(?:stats|pools|recent|submit|simulation|flash|doctor)/.test(colour),
        ),
      ).toEqual([]);
    },
  );
});
