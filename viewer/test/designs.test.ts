import { describe, expect, test } from 'vitest';

import { DEFAULT_RULE, describeDisplay, keepCheck, lastCheck } from '../src/room/display';
import { compileForm } from '../src/room/form/model';
import { formLabels, locksNext, opens } from '../src/room/form/staged';
import { FormState } from '../src/room/form/state';
import { hangBy, linkedWith } from '../src/room/stage/layout';
import { answerFor, shapeOn, words, type Ground } from '../src/room/stage/shapes';
import type { HungLayout, HungPane, Stage } from '../src/room/types';
import { casesLeft, stageWords } from '../src/room/ui/header';
import { JOINTS } from './forms';

const series = (id: string, role: string) => ({ id, role, label: role, images: [] });
const timepoints = ['A', 'B', 'C'].map((label) => ({ label, series: [series(`${label}.ct`, 'ct'), series(`${label}.pet`, 'pet')] }));
const pane = (role: string, more: Partial<HungPane> = {}): HungPane => ({ series: role, at: 'scored', plane: 'acquired', under: null, preset: null, inverted: false, ...more });
const layout = (rows: (HungPane | null)[][]): HungLayout => ({ id: 'l', name: 'L', rows, tool: 'window', crosshair: false, lines: true, cine: false });

describe('hanging protocols', () => {
  test('the scored time point and the one before it', () => {
    const { slots } = hangBy({ timepoints }, layout([[pane('ct', { at: 'prior' }), pane('ct')]]), 'B');

    expect(slots.map((s) => s.series?.id)).toEqual(['A.ct', 'B.ct']);
  });

  test('before the first there is none, and the pane says so', () => {
    const [first] = hangBy({ timepoints }, layout([[pane('ct', { at: 'prior' }), pane('ct')]]), 'A').slots;

    expect([first?.series, first?.why]).toEqual([null, 'There is no time point before this one']);
  });

  test('time points that may not be seen yet leave no gap', () => {
    const { columns, slots } = hangBy({ timepoints: timepoints.slice(0, 2) }, layout([[pane('ct', { at: 'A' }), pane('ct', { at: 'B' }), pane('ct', { at: 'C' })]]), 'B');

    expect([columns, slots.length]).toEqual([2, 2]);
  });

  test('colour over another series, planes, empty panes', () => {
    const { slots } = hangBy({ timepoints }, layout([[pane('pet', { under: 'ct', plane: 'coronal', preset: 'suv' }), null]]), 'A');

    expect(slots[0]).toMatchObject({ series: { id: 'A.pet' }, under: { id: 'A.ct' }, plane: 'coronal', preset: 'suv' });
    expect(slots[1]).toMatchObject({ series: null, why: '' });
  });

  test('what scrolls together: all, the same series, nothing', () => {
    const hung = hangBy({ timepoints }, layout([[pane('ct', { at: 'A' }), pane('ct', { at: 'B' }), pane('pet', { at: 'A' })]]), 'A');

    expect([linkedWith(hung, 0, 'position'), linkedWith(hung, 0, 'same series'), linkedWith(hung, 0, 'off')]).toEqual([[1, 2], [1], []]);
  });
});

describe('stages', () => {
  const stage: Stage = { number: 2, of: 3, kind: 'time point', labels: ['B'], locked: ['A'], may_change: [] };
  const shown = { timepoints: timepoints.slice(0, 2), prefixed: true, stage };
  const global: Stage = { ...stage, number: 3, kind: 'global', labels: [], locked: ['A', 'B'], may_change: ['A:normal'] };

  test('a locked time point has a form only where its answers may be seen', () => {
    expect(formLabels({ ...shown, answers: { 'B:normal': 1 } })).toEqual(['B']);
    expect(formLabels({ ...shown, answers: { 'A:normal': 1 } })).toEqual(['A', 'B']);
    expect(formLabels({ ...shown, answers: {}, stage: null })).toEqual(['A', 'B']);
  });

  test('what is locked takes no answer, and is no blank', () => {
    const state = new FormState(compileForm(JOINTS, ['A', 'B'], true), { 'A:normal': 1 }, {}, opens({ stage }));
    state.set('A:normal', 0);
    state.set('B:normal', 1);

    expect([state.get('A:normal'), state.get('B:normal')]).toEqual([1, 1]);
    expect(state.blanks().every((f) => f.key.startsWith('B:'))).toBe(true);
  });

  test('the global read opens what it names, and no more', () => {
    const may = opens({ stage: global });

    expect([may('A:normal', 'A'), may('B:normal', 'B')]).toEqual([true, false]);
    expect([locksNext({ stage }), locksNext({ stage: global }), locksNext({ stage: null })]).toEqual([true, false, false]);
    expect([stageWords(stage), stageWords(global), stageWords(null)]).toEqual(['Step 2 of 3', 'Global read: all time points in their order', '']);
  });

  test('with one time point in a staged case keys keep their label', () => {
    expect([...compileForm(JOINTS, ['A'], true).fields.keys()].every((k) => k.startsWith('A:'))).toBe(true);
  });
});

describe('one key for all normal', () => {
  const model = compileForm(JOINTS, ['A']);
  const [section] = model.sections;

  test('answers the question before the scores, which fills them', () => {
    const state = new FormState(model, {});

    expect(state.allNormal(section!)).toEqual({ key: 'normal' });
    expect(state.get('normal')).toBe(1);
    expect(Object.entries(state.answers).filter(([k]) => k.includes('.')).every(([, v]) => v === 0)).toBe(true);
  });

  test('does not take scores off', () => {
    const state = new FormState(model, { normal: 0 });
    const scored = [...model.fields.keys()].find((k) => k.includes('.'))!;
    state.set(scored, 2);

    expect(state.allNormal(section!)).toMatch(/Scores are entered/);
    expect(state.get('normal')).toBe(0);
  });
});

describe('measured values', () => {
  const ground = (more: Partial<Ground> = {}): Ground => ({
    scale: { spacing: [0.5, 0.5], sure: 'patient' },
    raster: { pixels: Float32Array.from({ length: 100 }, (_, i) => i), columns: 10, rows: 10, samples: 1, spacing: [0.5, 0.5] },
    unit: '', meaning: null, ...more,
  });
  const box: [number, number][] = [[0, 0], [2, 0], [0, 2], [2, 2]];

  test('two axes, whichever was drawn first', () => {
    const shape = shapeOn('bidirectional', [[0, 0], [0, 4], [0, 0], [10, 0]], ground())!;

    expect([shape.parts.long_axis?.value, shape.parts.short_axis?.value]).toEqual([5, 2]);
    expect([answerFor(shape, 'long_axis', 'mm'), answerFor(shape, 'short_axis', 'cm'), answerFor(shape, 'length', undefined)]).toEqual([5, 0.2, 5]);
    expect(answerFor(shape, 'long_axis', 'cm', 0.1)).toBe(0.5);
    expect(words('bidirectional', shape)).toEqual(['5.0 × 2.0 mm']);
  });

  test('pixels are no millimetres', () => {
    const shape = shapeOn('length', [[0, 0], [3, 4]], ground({ scale: { spacing: null, sure: 'none' } }))!;

    expect([shape.value, shape.unit]).toEqual([5, 'px']);
    expect([answerFor(shape, 'length', 'mm'), answerFor(shape, 'length', undefined)]).toEqual([null, 5]);
  });

  test('SUV and ADC come from the mapping of the header', () => {
    const suv = shapeOn('rectangle', box, ground({ meaning: { factor: 0.5, unit: 'SUV' } }))!;
    const adc = shapeOn('rectangle', box, ground({ meaning: { factor: 1e-6, unit: 'mm2/s' } }))!;

    expect([suv.parts.suv_mean?.value, suv.parts.suv_max?.value]).toEqual([2.75, 5.5]);
    expect(answerFor(adc, 'adc', 'um2/s')).toBeCloseTo(5.5);
    expect(answerFor(shapeOn('rectangle', box, ground())!, 'suv_max', undefined)).toBeNull();
  });

  test('an outline holds the pixels whose centres lie in it', () => {
    const shape = shapeOn('polygon', [[0, 0], [4, 0], [0, 4]], ground())!;

    expect([shape.stats?.area_mm2, shape.stats?.max]).toEqual([2, 20]);
    expect(shapeOn('polygon', [[0.1, 0.1], [0.2, 0.1], [0.1, 0.2]], ground())).toBeNull();
  });

  test('points are counted', () => {
    expect(answerFor(shapeOn('points', [[1, 1], [2, 2], [3, 3]], ground())!, 'count', undefined)).toBe(3);
  });
});

describe('the display', () => {
  const facts = { width: 2560, height: 1600, depth: 24 };
  const store = (): Storage => {
    const kept = new Map<string, string>();
    return { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) } as unknown as Storage;
  };

  test.each<[string, Parameters<typeof describeDisplay>, string[]]>([
    ['nothing', ['webgl', 1, facts, { at: 0, width: 2560, height: 1600, passed: true }, DEFAULT_RULE], []],
    ['CPU, small, not checked', ['cpu', 2, { ...facts, width: 1440, height: 900 }, null, DEFAULT_RULE], ['drawn without graphics card', '1.3 of 1.9 megapixels', 'greys not checked']],
    ['greys lost', ['webgl', 1, { ...facts, depth: 16 }, { at: 0, width: 2560, height: 1600, passed: false }, DEFAULT_RULE], ['fewer than 8 bits a colour', 'dark or bright greys cannot be told apart']],
  ])('falls short: %s', (_, given, short) => {
    expect(describeDisplay(...given).short_of).toEqual(short);
  });

  test('a check of the greys holds for a while, on this screen', () => {
    const storage = store();
    keepCheck(storage, facts, true, 0);
    const day = 86_400_000;

    expect(lastCheck(storage, facts, DEFAULT_RULE, 30 * day)).toMatchObject({ passed: true });
    expect(lastCheck(storage, facts, DEFAULT_RULE, 31 * day)).toBeNull();
    expect(lastCheck(storage, { ...facts, width: 1920 }, DEFAULT_RULE, 0)).toBeNull();
    storage.setItem('provident.greys', '{');
    expect(lastCheck(storage, facts, DEFAULT_RULE, 0)).toBeNull();
  });

  test.each([[17, 45, '28 cases after it'], [44, 45, '1 case after it'], [45, 45, 'the last one']])('case %i of %i: %s', (number, of, text) => {
    expect(casesLeft(number, of)).toBe(text);
  });
});

