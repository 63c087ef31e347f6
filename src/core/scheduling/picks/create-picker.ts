import type { PlaceRule } from '../../strategies/strategy.ts';
import { FirstFit } from './first-fit.ts';
import { LeastLoaded } from './least-loaded.ts';
import { MostFree } from './most-free.ts';
import type { Picker } from './picker.ts';
import { Rescore } from './rescore.ts';
import { Rotate } from './rotate.ts';
import type { TurnBook } from './turn-book.ts';
import { TwoChoices } from './two-choices.ts';

/** What chooses by a rule. It must be arranged before it is asked. @param book turns of all who choose by this rule */
export function createPicker(rule: PlaceRule, book: TurnBook, cappedType: number): Picker {
  switch (rule.pick) {
    case 'first-fit':
      return new FirstFit();
    case 'most-free':
      return new MostFree();
    case 'least-loaded':
      return new LeastLoaded();
    case 'two-choices':
      return new TwoChoices();
    case 'rotate':
      return new Rotate(book, cappedType);
    default:
      return new Rescore(rule, rule.pick);
  }
}
