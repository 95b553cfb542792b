import { describe, expect, test } from 'vitest';

import { faultsByField } from '../src/room/form/faults';
import { choiceKeys, missingKeys } from '../src/room/form/keys';
import { summarise } from '../src/room/form/summary';
import { following, step } from '../src/room/form/walk';
import { JOINTS, model, state } from './forms';
import { compileForm } from '../src/room/form/model';
import { FormState } from '../src/room/form/state';
import type { FormDocument } from '../src/room/types';

describe('names of answers', () => {
  test('with several time points they begin with the label', () => {
    expect([...model().fields.keys()].slice(0, 2)).toEqual(['A:normal', 'A:bones.capitate.ero']);
  });

  test('with one time point they stand alone', () => {
    expect([...model(['A']).fields.keys()].slice(0, 2)).toEqual(['normal', 'bones.capitate.ero']);
  });

  test('an open end that the server writes as null is open', () => {
    const form = { ...JOINTS, blocks: [{ kind: 'item', id: 'n', ask: 'N', type: 'number', min: 0, max: null, unit: null }] };
    const spec = compileForm(form as unknown as typeof JOINTS, ['A']).fields.get('n')?.spec;

    expect(spec).not.toHaveProperty('max');
    expect(spec?.min).toBe(0);
  });

  test('a form for the whole case is drawn once', () => {
    expect(compileForm({ ...JOINTS, scope: 'case' }, ['A', 'B']).sections).toHaveLength(1);
  });
});

describe('keys of missing codes and choices', () => {
  test('a code has the letter that tells it from the others', () => {
    expect([...missingKeys({ nv: 'Not visible', nq: 'Quality inadequate', jr: 'Replaced', nd: 'Not done' })]).toEqual([
      ['v', 'nv'], ['q', 'nq'], ['j', 'jr'], ['d', 'nd'],
    ]);
  });

  test('no two codes share a key, however alike they are', () => {
    const keys = missingKeys({ a: 'Absent', ab: 'Absent bone', aa: 'Absent again', b: 'Broken' });

    expect(keys.size).toBe(4);
  });

  test('Yes and No are y and n, and their digits', () => {
    expect(choiceKeys([{ value: 1, label: 'Yes' }, { value: 0, label: 'No' }]).map((c) => c.keys)).toEqual([['y', '1'], ['n', '0']]);
  });

  test('choices whose labels begin alike have digits alone', () => {
    expect(choiceKeys([{ value: 'mild', label: 'Mild' }, { value: 'mod', label: 'Moderate' }]).map((c) => c.keys)).toEqual([['1'], ['2']]);
  });
});

describe('the gate question', () => {
  test('before it is answered its grid takes no score', () => {
    const form = state();
    form.set('A:bones.capitate.ero', 3);

    expect(form.answers).toEqual({});
    expect(form.closed(form.model.fields.get('A:bones.capitate.ero')!)).toBe('gate unanswered');
  });

  test('one answer fills every cell of its own time point alone', () => {
    const form = state();
    form.set('A:normal', 1);

    expect(form.answers).toEqual({
      'A:normal': 1, 'A:bones.capitate.ero': 0, 'A:bones.capitate.ost': 0, 'A:bones.lunate.ero': 0, 'A:bones.lunate.ost': 0,
    });
  });

  test('a missing gate copies its code, never a zero', () => {
    const form = state();
    form.set('A:normal', 'nd');

    expect(new Set(Object.values(form.answers))).toEqual(new Set(['nd']));
  });

  test('opened, it leaves the cells blank', () => {
    const form = state();
    form.set('A:normal', 1);
    form.set('A:normal', 0);

    expect(form.answers).toEqual({ 'A:normal': 0 });
  });

  test('scores that a gate takes off the form come back with it', () => {
    const form = state({ 'A:normal': 0 });
    form.set('A:bones.capitate.ero', 4);
    form.set('A:normal', 1);
    expect(form.setAside).toEqual({ 'A:bones.capitate.ero': 4 });
    form.set('A:normal', 0);

    expect(form.answers).toEqual({ 'A:normal': 0, 'A:bones.capitate.ero': 4 });
    expect(form.setAside).toEqual({});
  });

  test('from one filling answer to another, zeros are not taken for scores', () => {
    const form = state();
    form.set('A:normal', 1);
    form.set('A:normal', 'nd');

    expect(form.setAside).toEqual({});
    expect(form.get('A:bones.lunate.ero')).toBe('nd');
  });

  test('taken back, it blanks its grid', () => {
    const form = state();
    form.set('A:normal', 1);
    form.set('A:normal', undefined);

    expect(form.answers).toEqual({});
  });
});

describe('a group that repeats', () => {
  const LESIONS: FormDocument = {
    id: 'lesions@1',
    title: 'Lesions',
    missing: { nq: 'Quality inadequate', nl: 'No such lesion' },
    blocks: [
      { kind: 'item', id: 'n', ask: 'How many?', type: 'integer', min: 0, max: 3, missing: ['nq'] },
      {
        kind: 'grid', id: 'lesion', repeat: { item: 'n', beyond: 'nl' },
        rows: [1, 2, 3].map((n) => ({ id: `n${n}`, label: `Lesion ${n}` })),
        columns: [{ id: 'mm', label: 'mm', type: 'integer', min: 0, max: 99, missing: ['nq'] }],
      },
    ],
  };
  const counted = (): FormState => new FormState(compileForm(LESIONS, ['A']), {});

  test('asks for the rows that were counted and fills the others', () => {
    const s = counted();
    s.set('lesion.n1.mm', 5);
    expect(s.answers).toEqual({});
    s.set('n', 2);
    s.set('lesion.n1.mm', 5);
    s.set('lesion.n3.mm', 7);
    expect(s.answers).toEqual({ n: 2, 'lesion.n1.mm': 5, 'lesion.n3.mm': 'nl' });
    expect(s.blanks().map((f) => f.key)).toEqual(['lesion.n2.mm']);
  });

  test('sets a row aside when the count falls and brings it back when it rises', () => {
    const s = counted();
    s.set('n', 2);
    s.set('lesion.n1.mm', 5);
    s.set('lesion.n2.mm', 9);
    s.set('n', 1);
    expect(s.answers).toEqual({ n: 1, 'lesion.n1.mm': 5, 'lesion.n2.mm': 'nl', 'lesion.n3.mm': 'nl' });
    s.set('n', 3);
    expect(s.answers).toEqual({ n: 3, 'lesion.n1.mm': 5, 'lesion.n2.mm': 9 });
  });

  test('copies the code of a count that nobody could give', () => {
    const s = counted();
    s.set('n', 'nq');
    expect(s.answers).toEqual({ n: 'nq', 'lesion.n1.mm': 'nq', 'lesion.n2.mm': 'nq', 'lesion.n3.mm': 'nq' });
  });
});

describe('progress', () => {
  test('counts what is required', () => {
    const form = state({ 'A:normal': 0, 'A:bones.capitate.ero': 'nv' });

    expect(form.progress(form.model.sections[0]!)).toMatchObject({ done: 2, total: 5 });
    expect(form.blanks()).toHaveLength(8);
  });

  test('what is signed reads in words', () => {
    const form = state({ 'A:normal': 0, 'A:bones.capitate.ero': 3, 'A:bones.lunate.ero': 'nv' });
    const [first] = summarise(form);

    expect(first?.lines).toEqual([
      ['All normal?', 'No'],
      ['Erosion', 'sum 3, 1 of 2 above 0, 1 not visible'],
      ['Osteitis', '2 blank'],
      ['Remark', 'blank'],
    ]);
    expect(first?.blanks.map((b) => b.label)).toEqual(['A: Capitate, Osteitis', 'A: Lunate, Osteitis']);
  });
});

describe('moving', () => {
  const [section] = model().sections;
  const field = (key: string) => model().fields.get(key)!;

  test.each([
    ['A:normal', 1, 0, 'A:bones.capitate.ero'],
    ['A:bones.capitate.ero', 0, 1, 'A:bones.capitate.ost'],
    ['A:bones.capitate.ost', 1, 0, 'A:bones.lunate.ost'],
    ['A:bones.lunate.ost', 1, 0, 'A:remark'],
    ['A:bones.capitate.ost', 0, 1, undefined],
    ['A:normal', -1, 0, undefined],
  ])('an arrow from %s by %i, %i leads to %s', (from, rows, columns, to) => {
    expect(step(section!, from, rows, columns)?.key).toBe(to);
  });

  test.each([
    ['A:normal', 'A:bones.capitate.ero'],
    ['A:bones.capitate.ero', 'A:bones.lunate.ero'],
    ['A:bones.lunate.ero', 'A:bones.capitate.ost'],
    ['A:bones.lunate.ost', 'A:remark'],
    ['A:remark', undefined],
  ])('after a score in %s comes %s', (from, to) => {
    const fresh = model();
    const at = fresh.fields.get(from) ?? field(from);

    expect(following(fresh.sections[0]!, at)?.key).toBe(to);
  });
});

test('findings go to their answers, the others to the top', () => {
  const finding = { code: 'X', severity: 'error', message: 'Blank.', remedy: 'Score it.' };
  const { byField, general } = faultsByField(
    [{ ...finding, where: { uid: 'A:normal' } }, { ...finding, where: { uid: 'no such answer' } }], model(),
  );

  expect([...byField]).toEqual([['A:normal', 'Blank. Score it.']]);
  expect(general).toEqual(['Blank. Score it.']);
});
