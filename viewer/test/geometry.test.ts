import { describe, expect, test } from 'vitest';

import { angleOf, lengthOf, scaleAt, type SpacingFacts } from '../src/room/stage/calibration';
import { coloured, hotIron } from '../src/room/stage/colours';
import { apart, matching, through, type Scrolled } from '../src/room/stage/follow';
import { cut, nearest, parallel, pixelOf, pointOn, type Sheet, type Vector } from '../src/room/stage/geometry';
import { lies, lineOn } from '../src/room/stage/marks';
import { NoVolume, Volume, type Cut, type Slice } from '../src/room/stage/volume';

const AXIAL = { row: [1, 0, 0], column: [0, 1, 0] } as const;
const CORONAL = { row: [1, 0, 0], column: [0, 0, -1] } as const;

function sheet(of: { row: readonly number[]; column: readonly number[] }, position: Vector, frame: string | null = 'f'): Sheet {
  return { row: [...of.row] as Vector, column: [...of.column] as Vector, position, frameOfReference: frame, spacing: [2, 2], columns: 50, rows: 40 };
}

describe('planes', () => {
  test('a point goes to its pixel and back', () => {
    const s = sheet(CORONAL, [-49, 7, 39]);

    expect(pixelOf(s, pointOn(s, [12.5, 3]))).toEqual([12.5, 3]);
    expect(pointOn(s, [0.5, 0.5])).toEqual([-49, 7, 39]);
  });

  test.each<[string, Sheet, number]>([
    ['the same', sheet(AXIAL, [0, 0, 9]), 1],
    ['from behind', sheet({ row: [-1, 0, 0], column: [0, 1, 0] }, [0, 0, 9]), -1],
    ['leaning by 20 degrees', sheet({ row: [1, 0, 0], column: [0, Math.cos(0.35), Math.sin(0.35)] }, [0, 0, 0]), 1],
    ['across', sheet(CORONAL, [0, 0, 0]), 0],
  ])('parallel: %s', (_, other, way) => {
    expect(parallel(sheet(AXIAL, [0, 0, 0]), other)).toBe(way);
  });

  test('where one plane cuts another', () => {
    expect(cut(sheet(CORONAL, [-49, 7, 39]), sheet(AXIAL, [-49, -39, 10]))).toEqual([[50, 7, 10], [-50, 7, 10]]);
    expect(cut(sheet(CORONAL, [-49, 7, 39]), sheet(AXIAL, [-49, -39, 500]))).toBeNull();
  });

  test('no line for parallel planes or another frame of reference', () => {
    const here = sheet(CORONAL, [-49, 7, 39]);

    expect(lineOn(here, sheet(AXIAL, [-49, -39, 10]))).toHaveLength(1);
    expect(lineOn(here, sheet(CORONAL, [0, 9, 0]))).toEqual([]);
    expect(lineOn(here, sheet(AXIAL, [-49, -39, 10], 'other'))).toEqual([]);
    expect(lineOn(null, here)).toEqual([]);
  });

  test('a point lies on the slice that is nearest to it', () => {
    expect([9, 11.4, 11.6].map((z) => lies([0, 0, z], sheet(AXIAL, [0, 0, 10]), 3))).toEqual([true, true, false]);
  });
});

describe('scrolling by place', () => {
  const stack = (depths: number[], index: number, frame: string | null, of = AXIAL): Scrolled => ({
    index,
    stack: { ids: depths.map(String) },
    sheet: sheet(of, [-49, -39, depths[index] ?? 0], frame),
    depthsOf: () => depths,
  });

  test('in one frame of reference to the same place', () => {
    expect(matching(stack([0, 3, 6, 9], 2, 'f'), stack([1, 2, 3, 4, 5, 6, 7], 0, 'f'), 1, new Map())).toBe(5);
  });

  test('at another visit by the same millimetres, whatever the spacing', () => {
    const [a, b] = [stack([0, 5, 10, 15], 2, 'f'), stack([100, 102.5, 105, 107.5, 110], 0, 'g')];

    expect(matching(a, b, 1, new Map([[a, 5], [b, 100]]))).toBe(2);
  });

  test('the other way round where one is seen from behind', () => {
    const a = stack([0, 5, 10], 2, 'f');
    const b: Scrolled = { ...stack([0, -5, -10], 0, 'g'), sheet: sheet({ row: [-1, 0, 0], column: [0, 1, 0] }, [49, -39, 0], 'g') };

    expect(matching(a, b, 1, new Map([[a, 5], [b, -5]]))).toBe(2);
  });

  test('without a place in the patient by number, and not beyond the stack', () => {
    const other: Scrolled = { ...stack([0, 1, 2], 1, null), sheet: null };

    expect([1, 5, -4].map((by) => matching(stack([0, 1], 1, 'f'), other, by, new Map()))).toEqual([2, 2, 0]);
  });

  test('a plane across stays where it is', () => {
    expect(matching(stack([0, 3], 1, 'f'), stack([0, 3], 1, 'f', CORONAL as never), 1, new Map())).toBe(1);
  });

  test('a point finds its image in one frame of reference alone', () => {
    expect(through(stack([0, 3, 6], 0, 'f'), [9, 9, 5], 'f')).toBe(2);
    expect(through(stack([0, 3, 6], 0, 'f'), [9, 9, 5], 'g')).toBeNull();
    expect(apart(stack([0, 3, 6], 0, 'f'))).toBe(3);
  });

  test('images that are not there yet are guessed from those that are', () => {
    expect(nearest([null, 3, null, null, 12], 9)).toBe(3);
    expect(nearest([null, null], 9)).toBeNull();
    expect(nearest([null, 3, null], 9)).toBe(1);
  });
});

/** x + 10 y + 100 z at each millimetre, 4 x 3 pixels, slices 2 mm apart. */
function slices(count: number, of: Partial<Sheet> = {}): Slice[] {
  return Array.from({ length: count }, (_, z) => ({
    sheet: { row: [1, 0, 0], column: [0, 1, 0], position: [0, 0, 2 * z], frameOfReference: 'f', spacing: [1, 1], columns: 4, rows: 3, ...of },
    pixels: Int16Array.from({ length: 12 }, (_, i) => (i % 4) + 10 * Math.floor(i / 4) + 200 * z),
  }));
}

const value = ([x, y, z]: Vector): number => x + 10 * y + 100 * z;

describe('cutting a volume', () => {
  test.each<[Cut, number]>([['coronal', 3], ['sagittal', 4], ['axial', 4]])('%s images hold what lies where they lie', (plane, count) => {
    const volume = new Volume(slices(4));
    expect(volume.count(plane)).toBe(count);
    for (let i = 0; i < count; i += 1) {
      const { sheet: s, pixels } = volume.slice(plane, i);
      expect(pixels).toHaveLength(s.columns * s.rows);
      pixels.forEach((p, at) => expect(p).toBe(value(pointOn(s, [(at % s.columns) + 0.5, Math.floor(at / s.columns) + 0.5]))));
    }
  });

  test('they hang as radiologists hang them: the head above, the right of the patient to the left', () => {
    const { sheet: s } = new Volume(slices(4)).slice('coronal', 1);

    expect([s.row, s.column, s.position]).toEqual([[1, 0, 0], [-0, -0, -1], [0, 1, 6]]);
  });

  test('slices may come in any order, and from a coronal scan too', () => {
    const coronal = slices(4, { row: [1, 0, 0], column: [0, 0, -1] }).map((s, i) => ({ ...s, sheet: { ...s.sheet, position: [0, 2 * i, 9] as Vector } }));
    const volume = new Volume(coronal.reverse());

    expect(volume.acquiredAs('coronal')).toBe(true);
    expect(volume.slice('axial', 0).sheet).toMatchObject({ row: [1, 0, 0], columns: 4, rows: 7 });
  });

  test.each<[string, Slice[], RegExp]>([
    ['too few', slices(2), /too few/],
    ['one turned', [...slices(3), { ...slices(1)[0], sheet: { ...(slices(1)[0] as Slice).sheet, row: [0, 1, 0], column: [1, 0, 0] } } as Slice], /do not lie on each other/],
    ['tilted', slices(4).map((s, i) => ({ ...s, sheet: { ...s.sheet, position: [0, 1.5 * i, 2 * i] as Vector } })), /tilted/],
    ['several at one place', slices(4, { position: [0, 0, 1] }), /one place/],
  ])('is refused in words: %s', (_, given, words) => {
    expect(() => new Volume(given)).toThrow(words);
    expect(() => new Volume(given)).toThrow(NoVolume);
  });

  test('a missing slice is told', () => {
    expect(new Volume(slices(6)).warning).toBe('');
    expect(new Volume(slices(6).filter((_, i) => i !== 3)).warning).toMatch(/missing/);
  });

  test('values between pixels are interpolated, and outside there are none', () => {
    const s: Sheet = { row: [1, 0, 0], column: [0, 1, 0], position: [0.5, 0.5, 3], frameOfReference: 'f', spacing: [1, 1], columns: 2, rows: 1 };

    expect([...new Volume(slices(4)).sample(s)]).toEqual([305.5, 306.5]);
    expect([...new Volume(slices(4)).sample({ ...s, position: [50, 0, 3] })]).toEqual([NaN, NaN]);
  });
});

describe('scales', () => {
  const none: SpacingFacts = { pixelSpacing: null, imagerPixelSpacing: null, magnification: null, placed: false, regions: [] };
  const tissue = { box: [0, 0, 399, 299], deltas: [0.01, 0.02] } as const;
  const time = { box: [0, 300, 399, 599], deltas: null } as const;

  test.each<[string, Partial<SpacingFacts>, [number, number][], object]>([
    ['a slice', { pixelSpacing: [0.5, 0.7], placed: true }, [], { spacing: [0.7, 0.5], sure: 'patient' }],
    ['nothing said', {}, [], { spacing: null, sure: 'none' }],
    ['a projection, at the detector', { imagerPixelSpacing: [0.2, 0.2] }, [], { spacing: [0.2, 0.2], sure: 'detector' }],
    ['a projection with its magnification', { imagerPixelSpacing: [0.2, 0.2], magnification: 1.25 }, [], { spacing: [0.16, 0.16], sure: 'corrected' }],
    ['pixel spacing that was only copied', { imagerPixelSpacing: [0.2, 0.2], pixelSpacing: [0.2, 0.2] }, [], { sure: 'detector' }],
    ['pixel spacing that was corrected', { imagerPixelSpacing: [0.2, 0.2], pixelSpacing: [0.17, 0.17] }, [], { spacing: [0.17, 0.17], sure: 'corrected' }],
    ['ultrasound, in one region', { regions: [tissue, time] }, [[10, 10], [20, 200]], { spacing: [0.1, 0.2], sure: 'region' }],
    ['ultrasound, across two regions', { regions: [tissue, time] }, [[10, 10], [20, 400]], { spacing: null, sure: 'none' }],
    ['ultrasound, in a region of time', { regions: [tissue, time] }, [[10, 400], [20, 420]], { spacing: null, sure: 'none' }],
    ['ultrasound, before anything is drawn', { regions: [tissue, time] }, [], { spacing: [0.1, 0.2], sure: 'region' }],
  ])('%s', (_, facts, points, expected) => {
    expect(scaleAt({ ...none, ...facts }, points)).toMatchObject(expected);
  });

  test('lengths and angles follow pixels that are not square', () => {
    expect(lengthOf([0, 0], [30, 40], { spacing: [1, 2], sure: 'patient' })).toEqual({ value: Math.hypot(30, 80), unit: 'mm' });
    expect(lengthOf([0, 0], [30, 40], { spacing: null, sure: 'none' })).toEqual({ value: 50, unit: 'px' });
    expect(angleOf([10, 0], [0, 0], [10, 10], { spacing: [1, 1], sure: 'patient' })).toBeCloseTo(45);
    expect(angleOf([10, 0], [0, 0], [10, 10], { spacing: [1, Math.sqrt(3)], sure: 'patient' })).toBeCloseTo(60);
  });
});

describe('colour', () => {
  test('hot iron runs from black over red and yellow to white', () => {
    expect([0, 0.5, 1].map(hotIron)).toEqual([[0, 0, 0], [254, 0, 0], [255, 255, 255]]);
  });

  test('nothing where there is no value, fading in from below', () => {
    const made = coloured(Float32Array.from([NaN, 0, 0.5, 10]), { lower: 0, upper: 10 }, 0.5);

    expect([3, 7, 11, 15].map((i) => made[i])).toEqual([0, 0, 64, 128]);
  });
});
