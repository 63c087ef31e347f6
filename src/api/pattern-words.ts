import { labelPattern, labelRule } from '../core/domain/label.ts';
import { namePattern, nameRule } from '../core/domain/name.ts';
import { tenantPattern, tenantRule } from './schemas/common.ts';

/** What each pattern of a schema takes, in words: nobody should have to read a regular expression to be understood. A test knows of new ones. */
export const patternWords: Readonly<Record<string, string>> = {
  [namePattern]: nameRule,
  [`^\\*$|${namePattern}`]: `*, or ${nameRule}`,
  [tenantPattern]: tenantRule,
  [labelPattern]: labelRule,
  '^[!-~]+$': 'text of 1 to 255 letters, digits and signs of ASCII, without blanks',
  '^[a-z][a-z0-9_]*$': 'text of 1 to 64 small letters, digits or _ that begins with a letter',
  '^[0-9a-f]{64}$': 'text of 64 hex digits in small letters',
  '^[01]$': '0 or 1',
  '^[0-9]{1,7}$': 'the next_cursor of the page before',
  '^[a-z_]+\\.(?:\\*|[a-z_]+)(?:,[a-z_]+\\.(?:\\*|[a-z_]+))*$': 'kinds of events with commas between, such as task.*,pool.changed',
  '^(?:[1-9]|10)$': 'a whole number from 1 to 10',
  '^[0-9]{1,9}(?:\\.[0-9]{1,12})?$': 'a number above 0',
};
