import type { Measurement, MeasureKind, ShapeKind, Stats } from '../types';
import { angleOf, lengthOf, type Scale } from './calibration';
import type { Meaning } from './header';
import { roiStats, type Raster } from './roi';

type Point = readonly [number, number];

/** The shapes that may answer a question, by what it asks to be measured; the first is the one its key draws. */
export const SHAPES_FOR: Record<MeasureKind, ShapeKind[]> = {
  length: ['length', 'bidirectional'],
  long_axis: ['bidirectional'],
  short_axis: ['bidirectional'],
  angle: ['angle'],
  area: ['ellipse', 'rectangle', 'polygon'],
  mean: ['ellipse', 'rectangle', 'polygon'],
  sd: ['ellipse', 'rectangle', 'polygon'],
  min: ['ellipse', 'rectangle', 'polygon'],
  max: ['ellipse', 'rectangle', 'polygon'],
  suv_mean: ['ellipse', 'rectangle', 'polygon'],
  suv_max: ['ellipse', 'rectangle', 'polygon'],
  adc: ['ellipse', 'rectangle', 'polygon'],
  count: ['points'],
};

export interface Part {
  value: number;
  unit: string;
}

/** What an image gives to its shapes. */
export interface Ground {
  scale: Scale;
  raster: Raster | null;
  /** HU, or blank where the pixels have no unit of their own. */
  unit: string;
  meaning: Meaning | null;
}

export interface Shape extends Pick<Measurement, 'value' | 'unit' | 'stats'> {
  parts: Partial<Record<MeasureKind, Part>>;
}

const tidy = (n: number): number => Math.round(n * 1000) / 1000;
const part = (value: number, unit: string): Part => ({ value: tidy(value), unit });

/** What a shape measures; null before it is finished or where it lies on no pixel. */
export function shapeOn(kind: ShapeKind, points: readonly Point[], ground: Ground): Shape | null {
  if (kind === 'points') return points.length > 0 ? whole('count', { count: part(points.length, '') }, null) : null;
  if (kind === 'length' || kind === 'bidirectional') return lines(points, ground.scale);
  if (kind === 'angle') {
    const [a, b, c] = points;
    return a && b && c ? whole('angle', { angle: part(angleOf(a, b, c, ground.scale), 'deg') }, null) : null;
  }
  const stats = ground.raster ? roiStats(kind, [...points], ground.raster) : null;
  return stats && whole('mean', regional(stats, ground), stats);
}

function whole(first: MeasureKind, parts: Shape['parts'], stats: Stats | null): Shape {
  const { value = 0, unit = '' } = parts[first] ?? {};
  return { value, unit, stats, parts };
}

function lines([a, b, c, d]: readonly Point[], scale: Scale): Shape | null {
  if (!a || !b) return null;
  const one = lengthOf(a, b, scale);
  if (!c || !d) return one.value > 0 ? whole('length', { length: part(one.value, one.unit) }, null) : null;
  const two = lengthOf(c, d, scale);
  const [long, short] = one.value >= two.value ? [one, two] : [two, one];
  const parts = { long_axis: part(long.value, long.unit), short_axis: part(short.value, short.unit), length: part(long.value, long.unit) };
  return whole('long_axis', parts, null);
}

function regional(stats: Stats, { unit, meaning }: Ground): Shape['parts'] {
  const parts: Shape['parts'] = {};
  for (const name of ['mean', 'sd', 'min', 'max'] as const) parts[name] = part(stats[name], unit);
  if (stats.area_mm2 !== null) parts.area = part(stats.area_mm2, 'mm2');
  if (meaning?.unit === 'SUV') {
    parts.suv_mean = part(stats.mean * meaning.factor, 'SUV');
    parts.suv_max = part(stats.max * meaning.factor, 'SUV');
  } else if (meaning) {
    parts.adc = { value: stats.mean * meaning.factor, unit: meaning.unit };
  }
  return parts;
}

/** What is known of a stored measurement whose image is not in memory. */
export function partsAsStored(m: Measurement): Shape['parts'] {
  const first: Record<ShapeKind, MeasureKind> = { length: 'length', bidirectional: 'long_axis', angle: 'angle', ellipse: 'mean', rectangle: 'mean', polygon: 'mean', points: 'count' };
  return { [first[m.kind]]: { value: m.value, unit: m.unit } };
}

/** How many of one unit make the other. */
const IN: Record<string, Record<string, number>> = {
  mm: { cm: 0.1, mm: 1 },
  mm2: { cm2: 0.01, mm2: 1 },
  'mm2/s': { 'mm2/s': 1, 'um2/ms': 1e3, 'um2/s': 1e6, '10-3 mm2/s': 1e3, '10-6 mm2/s': 1e6 },
};

/** A measured value in the unit of the question it answers; null where they do not fit: pixels are no millimetres. */
export function answerFor(shape: Shape, measure: MeasureKind, unit: string | undefined, factor?: number): number | null {
  const found = shape.parts[measure];
  if (!found) return null;
  if (factor !== undefined && found.unit !== 'px') return found.value * factor;
  if (!unit || unit === found.unit) return found.value;
  if (found.unit === '' || found.unit === 'HU' || found.unit === 'SUV' || found.unit === 'deg') return found.value;
  const by = IN[found.unit]?.[unit.replaceAll('²', '2')];
  return by === undefined ? null : found.value * by;
}

const one = (n: number): string => n.toFixed(1);

/** The words beside a shape on the image. */
export function words(kind: ShapeKind, shape: Shape): string[] {
  const { parts, stats } = shape;
  if (kind === 'points') return [`${shape.value}`];
  if (kind === 'angle') return [`${one(shape.value)}°`];
  if (parts.long_axis && parts.short_axis) return [`${one(parts.long_axis.value)} × ${one(parts.short_axis.value)} ${shape.unit}`];
  if (!stats) return [`${one(shape.value)} ${shape.unit}`];
  const area = stats.area_mm2 === null ? [] : [`${one(stats.area_mm2)} mm²`];
  if (parts.suv_mean && parts.suv_max) return [`SUV mean ${parts.suv_mean.value.toFixed(2)} · max ${parts.suv_max.value.toFixed(2)}`, ...area];
  if (parts.adc) return [`ADC ${Math.round(parts.adc.value * 1e6)} · 10⁻⁶ mm²/s`, ...area];
  return [`mean ${one(stats.mean)} ± ${one(stats.sd)}`, `min ${one(stats.min)} · max ${one(stats.max)}`, ...area];
}
