import { describe, expect, it } from 'vitest';
import { PathSet, pathProblem } from '../../../src/core/domain/file-path.ts';

describe('pathProblem', () => {
  it.each(['run.sh', 'a/b/c.txt', '.hidden', 'a..b/c', '...', 'Grüße/日本.txt', 'with blank', 'ab:c'])('%j may name a file', (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['/etc/passwd', /absolute/],
    ['../x', /"\.\."/],
    ['a/../../x', /"\.\."/],
    ['a/./b', /"\."/],
    ['a//b', /empty part/],
    ['a/', /empty part/],
    ['a\\b', /backslash/],
    ['..\\x', /backslash/],
    ['C:/x', /drive/],
    ['c:x', /drive/],
    ['a\0b', /control/],
    ['a\nb', /control/],
    ['a\u009bb', /control/],
    ['a\u202eb', /control/],
    ['\ud800', /Unicode/],
    ['x'.repeat(1_025), /longer than 1024/],
    [`a/${'ü'.repeat(128)}`, /255 bytes/],
    [Array.from({ length: 33 }, () => 'd').join('/'), /32 folders/],
  ])('%j may not', (path, why) => {
    expect(pathProblem(path)).toMatch(why);
  });
});

describe('PathSet', () => {
  it.each([
    ['a', 'a', /twice/],
    ['Readme', 'README', /spelling/],
    ['\u00e9', 'e\u0301', /spelling/],
    ['a', 'a/b', /folder is that of a file/],
    ['a/b', 'a', /folder too/],
    ['A/b', 'a', /folder too/],
  ])('with %j there is no room for %j', (first, second, why) => {
    const paths = new PathSet();
    expect(paths.add(first)).toBeUndefined();
    expect(paths.add(second)).toMatch(why);
    expect(paths.size).toBe(1);
  });

  it('keeps files of one folder apart', () => {
    const paths = new PathSet();
    expect(['a/b', 'a/c', 'b', 'a/d/e'].map((path) => paths.add(path))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
