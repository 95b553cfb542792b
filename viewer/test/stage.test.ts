import { describe, expect, test } from 'vitest';

import { hang, linkedWith, neighbour, scrolled } from '../src/room/stage/layout';
import { edges, letters } from '../src/room/stage/orientation';
import { pixelToWorld, worldToPixel, type Grid } from '../src/room/stage/pixels';
import { roiStats, type Raster } from '../src/room/stage/roi';
import { automatic, presetRange, range, windowLevel } from '../src/room/stage/window';
import type { TimePoint } from '../src/room/types';

const series = (id: string, role: string) => ({ id, role, label: role, images: [] });
const timepoints: TimePoint[] = ['A', 'B'].map((label) => ({ label, series: [series(`${label}.stir`, 'stir'), series(`${label}.t1`, 't1')] }));

describe('hanging', () => {
  test('rows and columns come from the plan', () => {
    const { rows, columns, slots } = hang({ timepoints, layout: [['A.stir', 'B.stir'], ['A.t1', 'B.t1']] });

    expect([rows, columns]).toEqual([2, 2]);
    expect(slots.map((s) => s.series?.id)).toEqual(['A.stir', 'B.stir', 'A.t1', 'B.t1']);
    expect(slots[1]?.timepoint).toBe('B');
  });

  test('a series that the case has not leaves its place empty', () => {
    const { slots } = hang({ timepoints, layout: [['A.stir', 'A.adc'], ['B.stir']] });

    expect(slots.map((s) => s.series?.id ?? null)).toEqual(['A.stir', null, 'B.stir', null]);
  });

  test('without a layout all series stand in a square', () => {
    expect(hang({ timepoints, layout: [] })).toMatchObject({ rows: 2, columns: 2 });
    expect(hang({ timepoints: [], layout: [] })).toMatchObject({ rows: 1, columns: 1 });
  });

  test('the next pane passes over empty places and goes round', () => {
    const layout = hang({ timepoints, layout: [['A.stir', 'none'], ['B.stir', 'none']] });

    expect([neighbour(layout, 0, 1), neighbour(layout, 2, 1), neighbour(layout, 0, -1), neighbour(layout, -1, 1)]).toEqual([2, 0, 2, 0]);
  });

  test('the same role at other time points scrolls along', () => {
    const layout = hang({ timepoints, layout: [['A.stir', 'B.stir'], ['A.t1', 'B.t1']] });

    expect(linkedWith(layout, 0)).toEqual([1]);
    expect(linkedWith(layout, 3)).toEqual([2]);
  });

  test.each([[0, -1, 5, false, 0], [4, 3, 5, false, 4], [4, 1, 5, true, 0], [0, -1, 5, true, 4], [0, 1, 0, true, 0]])(
    'from image %i by %i of %i (round: %s) to %i', (from, by, count, round, to) => {
      expect(scrolled(from, by, count, round)).toBe(to);
    });
});

describe('orientation letters', () => {
  const upright = { rotation: 0, flipHorizontal: false, flipVertical: false };

  test.each<[string, [number, number, number], [number, number, number], object, string]>([
    ['axial', [1, 0, 0], [0, 1, 0], {}, 'R L A P'],
    ['coronal', [1, 0, 0], [0, 0, -1], {}, 'R L H F'],
    ['sagittal', [0, 1, 0], [0, 0, -1], {}, 'A P H F'],
    ['coronal, flipped', [1, 0, 0], [0, 0, -1], { flipHorizontal: true }, 'L R H F'],
    ['coronal, upside down', [1, 0, 0], [0, 0, -1], { flipVertical: true }, 'R L F H'],
    ['coronal, a quarter turn clockwise', [1, 0, 0], [0, 0, -1], { rotation: 90 }, 'F H R L'],
    ['coronal, half a turn', [1, 0, 0], [0, 0, -1], { rotation: 180 }, 'L R F H'],
  ])('%s: left, right, top, bottom', (_, row, column, turn, expected) => {
    const e = edges(row, column, { ...upright, ...turn });

    expect([e.left, e.right, e.top, e.bottom].join(' ')).toBe(expected);
  });

  test('an oblique direction has the larger part first', () => {
    expect(letters([0.2, 0.6, 0.77])).toBe('HP');
  });
});

describe('window and level', () => {
  test('are those of DICOM, forth and back', () => {
    expect(range(2, 10)).toEqual({ lower: 9, upper: 10 });
    expect(windowLevel(range(900, 420))).toEqual({ window: 900, level: 420 });
  });

  test('the automatic window leaves out the extremes', () => {
    const pixels = [...Array.from({ length: 1000 }, (_, i) => i), 60_000];
    const found = automatic(pixels);

    expect(found.lower).toBeCloseTo(10, 0);
    expect(found.upper).toBeLessThan(1000);
  });

  test('an image of one value still has a window', () => {
    expect(automatic([7, 7, 7])).toEqual({ lower: 7, upper: 8 });
  });

  test('a preset without numbers is the automatic one', () => {
    expect(presetRange({ name: 'Auto', window: null, level: null })).toBeNull();
    expect(presetRange({ name: 'Bone', window: 0, level: 3 })).toBeNull();
  });
});

describe('image pixels', () => {
  const grid: Grid = { origin: [-90, -30, 90], row: [1, 0, 0], column: [0, 0, -1], spacing: [0.5, 0.7], shift: 0.5, known: true };

  test('the centre of the first pixel is half a pixel in', () => {
    expect(worldToPixel([-90, -30, 90], grid)).toEqual([0.5, 0.5]);
  });

  test('there and back is the same point', () => {
    const world = pixelToWorld([10.25, 99.5], grid);

    expect(worldToPixel(world, grid)).toEqual([10.25, 99.5]);
  });
});

describe('regions', () => {
  // 4 x 3 pixels: 0 1 2 3 / 4 5 6 7 / 8 9 10 11
  const raster: Raster = { pixels: Array.from({ length: 12 }, (_, i) => i), columns: 4, rows: 3, samples: 1, spacing: [0.5, 2] };

  test('a rectangle takes the pixels whose centres it holds', () => {
    const stats = roiStats('rectangle', [[1, 0], [3, 0], [1, 2], [3, 2]], raster);

    expect(stats).toEqual({ mean: 3.5, sd: 2.38, min: 1, max: 6, area_mm2: 4 });
  });

  test('an ellipse in its two axes', () => {
    const stats = roiStats('ellipse', [[2, 0], [2, 3], [0.5, 1.5], [3.5, 1.5]], raster);

    expect(stats).toMatchObject({ min: 1, max: 10, mean: 5.5 });
    expect(stats?.area_mm2).toBeCloseTo(Math.PI * 1.5 * 1.5, 2);
  });

  test('no area without spacing, no result outside the image', () => {
    expect(roiStats('rectangle', [[0, 0], [1, 0], [0, 1], [1, 1]], { ...raster, spacing: null })?.area_mm2).toBeNull();
    expect(roiStats('rectangle', [[9, 9], [10, 9], [9, 10], [10, 10]], raster)).toBeNull();
  });

  test('colour counts as the mean of its parts', () => {
    const colour: Raster = { pixels: [30, 60, 90], columns: 1, rows: 1, samples: 3, spacing: null };

    expect(roiStats('rectangle', [[0, 0], [1, 0], [0, 1], [1, 1]], colour)?.mean).toBe(60);
  });
});
