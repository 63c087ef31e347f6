import { describe, expect, it } from 'vitest';
import { Html, href, html, json, nothing, verbatim, visible } from '../../frontend/js/views/html.js';
import { payloads } from './payloads.ts';

describe('the escaping tag', () => {
  it.each(payloads)('shows %j as text, in an element and in an attribute', (payload) => {
    const markup = html`<td title="${payload}">${payload}</td>`.toString();
    const inside = markup.slice('<td title="'.length, -'</td>'.length);
    expect(inside.replace('">', '')).not.toMatch(/[<>"']/);
    expect(markup.match(/</g)).toHaveLength(2);
  });

  it('keeps markup made by the tag, and joins lists', () => {
    expect(html`<ul>${['a', 'b'].map((each) => html`<li>${each}</li>`)}</ul>`.toString()).toBe('<ul><li>a</li><li>b</li></ul>');
  });

  it('leaves out what is absent, and shows zero', () => {
    expect(html`${null}${undefined}${false}${nothing}${0}`.toString()).toBe('0');
  });

  it('refuses values that are neither text, number nor markup', () => {
    expect(() => html`${/** @type {any} */ ({}) as never}`).toThrow(TypeError);
    expect(() => html`${[Symbol('s')]}`).toThrow(TypeError);
  });

  it('cannot be forged from JSON or by hand', () => {
    expect(Html.is(JSON.parse('{"markup":"<b>"}'))).toBe(false);
    expect(Html.is(Object.create(Html.prototype))).toBe(false);
    expect(() => new Html(Symbol('made by the tag'), '<b>')).toThrow(TypeError);
  });

  it('writes out characters that would deceive, in text and not in fields', () => {
    expect(html`${'a\u202eb\u0007'}`.toString()).toBe('a\u27e8U+202E\u27e9b\u27e8U+0007\u27e9');
    expect(html`<input value="${verbatim('a\u202e"')}">`.toString()).toBe('<input value="a\u202e&quot;">');
    expect(visible('line\nbreak\ttab')).toBe('line\nbreak\ttab');
  });
});

describe('href', () => {
  it.each(['/tasks', '/tasks?a=b', '?page=2', '#main', 'https://example.org/', 'http://example.org/'])('takes %s', (url) => {
    expect(href(url)).toBe(url);
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    'data:text/html,x',
    'vbscript:x',
    'tasks',
    '',
  ])('refuses %j', (url) => {
    expect(href(url)).toBe('#');
  });
});

describe('json for a script element', () => {
  it.each(payloads)('cannot be ended by %j, and says the same', (payload) => {
    const text = json({ payload }).toString();
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ payload });
  });
});
