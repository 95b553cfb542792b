import type { ShapeKind, Stats } from '../types';

export interface Raster {
  pixels: ArrayLike<number>;
  columns: number;
  rows: number;
  /** Values for each pixel: 1, or 3 or 4 for colour, of which the mean is taken. */
  samples: number;
  /** Millimetres between columns and between rows, or null when the image does not say. */
  spacing: readonly [number, number] | null;
}

type Point = readonly [number, number];
type Inside = (x: number, y: number) => boolean;

interface Region {
  inside: Inside;
  box: { left: number; top: number; right: number; bottom: number };
  area: number;
}

/** Cornerstone's four corners of a rectangle, in any order. */
function rectangle(points: Point[]): Region {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  const inside: Inside = (x, y) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  return { inside, box, area: (box.right - box.left) * (box.bottom - box.top) };
}

/** Cornerstone's ends of the two axes of an ellipse: first pair one axis, second pair the other. */
function ellipse(points: Point[]): Region {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const centre: Point = [(a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4];
  const one = axis(a, b);
  const two = axis(c, d);
  const inside: Inside = (x, y) => {
    const [dx, dy] = [x - centre[0], y - centre[1]];
    return ((dx * one.x + dy * one.y) / one.half) ** 2 + ((dx * two.x + dy * two.y) / two.half) ** 2 <= 1;
  };
  const [w, h] = [Math.hypot(one.half * one.x, two.half * two.x), Math.hypot(one.half * one.y, two.half * two.y)];
  const box = { left: centre[0] - w, right: centre[0] + w, top: centre[1] - h, bottom: centre[1] + h };
  return { inside, box, area: Math.PI * one.half * two.half };
}

/** An outline, closed from its last point to its first; by the even-odd rule where it crosses itself. */
function polygon(points: Point[]): Region {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const sides = points.map((from, i) => [from, points[(i + 1) % points.length] as Point] as const);
  const inside: Inside = (x, y) =>
    sides.filter(([a, b]) => a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])).length % 2 === 1;
  const area = Math.abs(sides.reduce((sum, [a, b]) => sum + a[0] * b[1] - b[0] * a[1], 0)) / 2;
  return { inside, box: { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }, area };
}

function axis(from: Point, to: Point): { x: number; y: number; half: number } {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1e-9;
  return { x: (to[0] - from[0]) / length, y: (to[1] - from[1]) / length, half: length / 2 };
}

/**
 * Mean, standard deviation (n - 1), smallest and largest of the pixels whose centres lie in the
 * shape, and the shape's area. Points are in image pixels, (0, 0) the outer corner of the first.
 *
 * Done here and not by Cornerstone: its result depends on how it draws (by CPU its samples lie half
 * a pixel off), and an endpoint must not depend on the reader's graphics card. Null where no pixel
 * centre lies in the shape.
 */
export function roiStats(kind: ShapeKind, points: Point[], raster: Raster): Stats | null {
  if (points.length < (kind === 'polygon' ? 3 : 4)) return null;
  const region = kind === 'polygon' ? polygon(points) : kind === 'ellipse' ? ellipse(points) : rectangle(points);
  const found = sample(region, raster);
  if (found.n === 0) return null;
  const mean = found.sum / found.n;
  const spread = found.n > 1 ? Math.sqrt(Math.max(0, found.squares - found.n * mean * mean) / (found.n - 1)) : 0;
  const mm = raster.spacing;
  return { mean: tidy(mean), sd: tidy(spread), min: found.min, max: found.max, area_mm2: mm ? tidy(region.area * mm[0] * mm[1]) : null };
}

function sample({ inside, box }: Region, raster: Raster): { n: number; sum: number; squares: number; min: number; max: number } {
  const found = { n: 0, sum: 0, squares: 0, min: Infinity, max: -Infinity };
  const { columns, rows } = raster;
  for (let row = Math.max(0, Math.floor(box.top)); row < Math.min(rows, Math.ceil(box.bottom) + 1); row += 1) {
    for (let column = Math.max(0, Math.floor(box.left)); column < Math.min(columns, Math.ceil(box.right) + 1); column += 1) {
      if (!inside(column + 0.5, row + 0.5)) continue;
      const value = at(raster, row * columns + column);
      found.n += 1;
      found.sum += value;
      found.squares += value * value;
      found.min = Math.min(found.min, value);
      found.max = Math.max(found.max, value);
    }
  }
  return found;
}

function at({ pixels, samples }: Raster, pixel: number): number {
  if (samples === 1) return pixels[pixel] ?? 0;
  const [r, g, b] = [pixels[pixel * samples] ?? 0, pixels[pixel * samples + 1] ?? 0, pixels[pixel * samples + 2] ?? 0];
  return (r + g + b) / 3;
}

const tidy = (n: number): number => Math.round(n * 1000) / 1000;
