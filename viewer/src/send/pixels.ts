// Native pixels as grey views of 0..1: what stands still and what moves over the frames of an image.
import { linesByLength, smaller, type Grey, type Region } from './detector';

/** What Python tells of an image (station.py). */
export interface Described {
  rows: number;
  columns: number;
  samples: number;
  planar: number;
  photometric: string;
  allocated: number;
  stored: number;
  signed: boolean;
  frames: number;
  settings: Region[];
  anatomy: Region[];
}

export type Seen = 'clear' | 'text' | 'unreadable';

const LARGEST = 1600; // pixels on a side that are looked at; larger images are made smaller
const ALONE = 8; // frames of a clip, evenly spread, that are looked at by themselves as well
const TAIL = 0.005; // of the values at either end: one hot pixel must not hide text

/** Look at an image: nothing found, text found, or its pixels cannot be read here. */
export function look(told: Described, value: Uint8Array): Seen {
  const views = viewsOf(told, value);
  if (!views) return 'unreadable';
  const [long, short] = linesByLength(views.greys, views.factor);
  const outside = (r: Region): boolean => !told.settings.some((s) => liesIn(r, s));
  const off = told.anatomy.length
    ? short.filter((r) => !told.anatomy.some((a) => meets(r, a)))
    : [];
  return [...long, ...off].some(outside) ? 'text' : 'clear';
}

function liesIn(a: Region, b: Region): boolean {
  return b[0] <= a[0] && b[1] <= a[1] && a[2] <= b[2] && a[3] <= b[3];
}

function meets(a: Region, b: Region): boolean {
  return Math.min(a[2], b[2]) > Math.max(a[0], b[0]) && Math.min(a[3], b[3]) > Math.max(a[1], b[1]);
}

export function viewsOf(told: Described, value: Uint8Array): { greys: Grey[]; factor: number } | null {
  const cells = told.rows * told.columns * told.samples;
  const whole = (told.allocated === 8 || told.allocated === 16) && told.frames > 0 && cells > 0;
  const plain = told.samples === 1 ? /^MONOCHROME[12]$/ : /^RGB$/;
  if (!whole || !plain.test(told.photometric) || ![1, 3].includes(told.samples)) return null;
  if (value.byteLength < (cells * told.allocated * told.frames) / 8) return null;
  const factor = Math.ceil(Math.max(told.rows, told.columns) / LARGEST);
  const planes = Array.from({ length: told.samples }, (_, n) => n);
  const greys = planes.flatMap((plane) => planeViews(told, value, plane));
  return { greys: greys.map((grey) => smaller(grey, factor)), factor };
}

function planeViews(told: Described, value: Uint8Array, plane: number): Grey[] {
  const size = told.rows * told.columns;
  const lowest = new Float32Array(size).fill(Infinity);
  const highest = new Float32Array(size).fill(-Infinity);
  const single: Float32Array[] = [];
  const step = Math.max(1, Math.ceil(told.frames / ALONE));
  for (let frame = 0; frame < told.frames; frame++) {
    const values = frameOf(told, value, frame, plane);
    for (let i = 0; i < size; i++) {
      if (values[i]! < lowest[i]!) lowest[i] = values[i]!;
      if (values[i]! > highest[i]!) highest[i] = values[i]!;
    }
    if (told.frames > 1 && frame % step === 0) single.push(values);
  }
  const different = told.frames > 1 ? [lowest, highest, ...single] : [lowest];
  return different.flatMap((values) => stretched(told, values));
}

function frameOf(told: Described, value: Uint8Array, frame: number, plane: number): Float32Array {
  const size = told.rows * told.columns;
  const bytes = told.allocated / 8;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const beside = told.planar || told.samples === 1 ? 1 : told.samples;
  const first = frame * size * told.samples + (told.planar ? plane * size : plane);
  const out = new Float32Array(size);
  // Unused bits above the stored ones may hold anything.
  const shift = 32 - told.stored;
  for (let i = 0; i < size; i++) {
    const at = (first + i * beside) * bytes;
    const raw = bytes === 1 ? value[at]! : view.getUint16(at, true);
    out[i] = told.signed ? (raw << shift) >> shift : (raw << shift) >>> shift;
  }
  return out;
}

/** From the lowest to the highest value as 0..1; and without the rarest values where these hide the rest. */
function stretched(told: Described, values: Float32Array): Grey[] {
  const { rows, columns } = told;
  const sorted = values.slice().sort();
  const last = sorted.length - 1;
  const [low, high] = [sorted[0]!, sorted[last]!];
  const found = [{ rows, columns, values: scaled(values, low, high) }];
  const [from, to] = [sorted[Math.floor(TAIL * last)]!, sorted[Math.ceil((1 - TAIL) * last)]!];
  if (to > from && to - from < 0.8 * (high - low)) {
    found.push({ rows, columns, values: scaled(values, from, to) });
  }
  return found;
}

function scaled(values: Float32Array, low: number, high: number): Float32Array {
  const span = high > low ? high - low : 1;
  return values.map((v) => Math.min(1, Math.max(0, (v - low) / span)));
}
