import { describe, expect, test } from 'vitest';

import { ScoreEntry, type Act, type EntryField } from '../src/room/form/entry';
import type { FieldSpec, Value } from '../src/room/types';

const CODES = new Map<string, Value>([['v', 'nv']]);

function field(spec: Partial<FieldSpec>, value?: Value): EntryField {
  return { spec: { id: 'x', type: 'integer', ...spec }, label: 'Erosion', codes: CODES, value };
}

/** Type keys into one field; what was done, in short. */
function type(keys: string[], spec: Partial<FieldSpec>, entry = new ScoreEntry()): string[] {
  return keys.flatMap((k) => entry.press(k, field(spec)).map(words));
}

function words(act: Act): string {
  if (act.do === 'set') return `set ${act.value}`;
  if (act.do === 'again') return `again ${act.key}`;
  if (act.do === 'wait') return `wait ${act.text}`;
  return act.do === 'refuse' ? `refuse: ${act.message}` : act.do;
}

const TEN = { min: 0, max: 10 };

describe('a range of 0 to 10', () => {
  test.each<[string, string[], string[]]>([
    ['a digit that cannot grow scores and moves on', ['3'], ['set 3', 'advance']],
    ['zero cannot grow', ['0'], ['set 0', 'advance']],
    ['one waits, for it may become ten', ['1'], ['set 1', 'wait 1']],
    ['one and zero are ten', ['1', '0'], ['set 1', 'wait 1', 'set 10', 'advance']],
    ['one and Enter are one', ['1', 'Enter'], ['set 1', 'wait 1', 'advance']],
    ['a digit that does not fit goes to the next cell', ['1', '3'], ['set 1', 'wait 1', 'advance', 'again 3']],
  ])('%s', (_, keys, expected) => {
    expect(type(keys, TEN)).toEqual(expected);
  });
});

describe('other numbers', () => {
  test.each<[string, string[], Partial<FieldSpec>, string[]]>([
    ['a score beyond the range is refused with the range', ['7'], { min: 0, max: 3 }, ['refuse: Erosion takes a whole number from 0 to 3']],
    ['a lower limit waits for the digits it needs', ['1', '2'], { min: 10, max: 40 }, ['wait 1', 'set 12', 'advance']],
    ['three digits', ['1', '2', '0'], { min: 0, max: 120 }, ['set 1', 'wait 1', 'set 12', 'wait 12', 'set 120', 'advance']],
    ['a decimal number, with point or comma', ['4', ',', '5'], { type: 'number', min: 0 }, ['set 4', 'wait 4', 'set 4', 'wait 4.', 'set 4.5', 'wait 4.5']],
    ['as many decimals as the field takes', ['4', '.', '5'], { type: 'number', min: 0, decimals: 1 }, ['set 4', 'wait 4', 'set 4', 'wait 4.', 'set 4.5', 'advance']],
    ['below zero where that is allowed', ['-', '2'], { type: 'number', min: -5, max: 5 }, ['wait -', 'set -2', 'wait -2']],
    ['no sign where it is not', ['-'], { min: 0, max: 5 }, ['refuse: Erosion takes a whole number from 0 to 5']],
    ['no leading zero', ['0', '5'], { type: 'number', min: 0, max: 9 }, ['set 0', 'wait 0', 'advance', 'again 5']],
  ])('%s', (_, keys, spec, expected) => {
    expect(type(keys, spec)).toEqual(expected);
  });
});

describe('other keys', () => {
  test('a missing code by its key', () => {
    expect(type(['v'], TEN)).toEqual(['set nv', 'advance']);
  });

  test('a point repeats the last score, a code too', () => {
    const entry = new ScoreEntry();
    expect(type(['4'], TEN, entry)).toEqual(['set 4', 'advance']);
    expect(type(['.'], TEN, entry)).toEqual(['set 4', 'advance']);
    type(['V'], TEN, entry);

    expect(type(['.'], TEN, entry)).toEqual(['set nv', 'advance']);
  });

  test('a point has nothing to repeat at first, and nothing that the field cannot take', () => {
    const entry = new ScoreEntry();
    expect(type(['.'], TEN, entry)).toEqual(['refuse: Nothing to repeat yet']);
    type(['9'], TEN, entry);

    expect(type(['.'], { min: 0, max: 3 }, entry)).toEqual(['refuse: Erosion cannot take 9']);
  });

  test('Delete blanks a given answer, and does nothing to a blank', () => {
    expect(new ScoreEntry().press('Delete', field(TEN, 3)).map(words)).toEqual(['clear']);
    expect(new ScoreEntry().press('Backspace', field(TEN)).map(words)).toEqual([]);
  });

  test('a key that means nothing here is left to the room', () => {
    expect(type(['m', 'PageDown'], TEN)).toEqual([]);
  });

  test('leaving the field ends the waiting', () => {
    const entry = new ScoreEntry();
    type(['1'], TEN, entry);
    entry.settle();

    expect(type(['0'], TEN, entry)).toEqual(['set 0', 'advance']);
  });
});
