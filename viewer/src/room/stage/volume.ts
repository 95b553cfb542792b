import { along, dot, normal, times, type Sheet, type Vector } from './geometry';

export type Cut = 'axial' | 'coronal' | 'sagittal';

export type Pixels = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;

/** One slice of a volume with its pixels. */
export interface Slice {
  sheet: Sheet;
  pixels: Pixels;
}

/** Why a series cannot be cut in other planes, in words for its pane. */
export class NoVolume extends Error {}

/** To the reader's right and downwards, as radiologists hang it (x to the left of the patient, y to the back, z to the head). */
const HUNG: Record<Cut, { through: Vector; right: Vector; down: Vector }> = {
  axial: { through: [0, 0, 1], right: [1, 0, 0], down: [0, 1, 0] },
  coronal: { through: [0, 1, 0], right: [1, 0, 0], down: [0, 0, -1] },
  sagittal: { through: [1, 0, 0], right: [0, 1, 0], down: [0, 0, -1] },
};

type Axis = 0 | 1 | 2; // along a row, down a column, through the slices

interface Way {
  axis: Axis;
  sign: 1 | -1;
  step: number;
  count: number;
}

/** Slices further apart than this many times the usual distance leave a gap that is not bridged in silence. */
const GAP = 1.6;

/**
 * A stack of parallel slices that can be cut across. Values between slices are interpolated linearly; in a slice the
 * nearest pixel is taken, so that no value is made where one was measured.
 */
export class Volume {
  private readonly axes: [Vector, Vector, Vector];
  private readonly depths: number[];
  private readonly top: Slice;
  /** Said beside the images: a slice seems to be missing. */
  readonly warning: string;

  constructor(private readonly slices: Slice[]) {
    const [first] = slices;
    if (!first || slices.length < 3) throw new NoVolume('This series has too few slices to be cut in another plane');
    const n = normal(first.sheet);
    this.slices = [...slices].sort((a, b) => dot(a.sheet.position, n) - dot(b.sheet.position, n));
    this.top = this.slices[0] as Slice;
    this.axes = [first.sheet.row, first.sheet.column, n];
    this.depths = this.slices.map((s) => dot(s.sheet.position, n));
    for (const s of this.slices) this.check(s);
    this.warning = this.gaps();
  }

  private check({ sheet, pixels }: Slice): void {
    const { sheet: top } = this.top;
    const turned = dot(sheet.row, top.row) < 0.999 || dot(sheet.column, top.column) < 0.999;
    const other = sheet.columns !== top.columns || sheet.rows !== top.rows || pixels.length !== top.columns * top.rows;
    if (turned || other) throw new NoVolume('The slices of this series do not lie on each other, so that no other plane can be cut');
    const shift = along(sheet.position, top.position, -1);
    const sideways = Math.hypot(dot(shift, top.row), dot(shift, top.column));
    if (sideways > Math.max(...top.spacing)) throw new NoVolume('The slices of this series are tilted (gantry tilt), so that no other plane can be cut');
  }

  private gaps(): string {
    const steps = this.depths.slice(1).map((d, i) => d - (this.depths[i] ?? d));
    const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
    if (usual <= 0) throw new NoVolume('This series has several slices at one place, so that no other plane can be cut');
    return Math.max(...steps) > GAP * usual ? 'A slice seems to be missing: planes across are interpolated there' : '';
  }

  private get usual(): number {
    return ((this.depths.at(-1) ?? 0) - (this.depths[0] ?? 0)) / Math.max(1, this.depths.length - 1);
  }

  /** Is this the plane in which the slices were acquired? */
  acquiredAs(cut: Cut): boolean {
    return this.through(cut) === 2;
  }

  private through(cut: Cut): Axis {
    return mostAlong(this.axes, HUNG[cut].through);
  }

  private way(direction: Vector, axis: Axis): Way {
    const { sheet } = this.top;
    const sign = dot(this.axes[axis], direction) < 0 ? -1 : 1;
    if (axis === 2) {
      const step = Math.min(...sheet.spacing, this.usual);
      return { axis, sign, step, count: Math.round(((this.depths.at(-1) ?? 0) - (this.depths[0] ?? 0)) / step) + 1 };
    }
    return { axis, sign, step: sheet.spacing[axis], count: axis === 0 ? sheet.columns : sheet.rows };
  }

  /** How many images a cut has. */
  count(cut: Cut): number {
    const axis = this.through(cut);
    return axis === 2 ? this.slices.length : axis === 0 ? this.top.sheet.columns : this.top.sheet.rows;
  }

  /** One image of a cut, from the patient's right, back or feet as the acquired axis runs. */
  slice(cut: Cut, index: number): Slice {
    const { across, right, down } = this.ways(cut);
    if (across === 2) return this.slices[index] as Slice;
    const pixels = new (this.top.pixels.constructor as new (n: number) => Pixels)(right.count * down.count);
    this.fill(pixels, across, index, right, down);
    return { sheet: this.sheet(cut, index), pixels };
  }

  /** Where an image of a cut lies, without making it. */
  sheet(cut: Cut, index: number): Sheet {
    const { across, right, down } = this.ways(cut);
    return across === 2 ? (this.slices[index] as Slice).sheet : this.sheetOf(across, index, right, down);
  }

  private ways(cut: Cut): { across: Axis; right: Way; down: Way } {
    const across = this.through(cut);
    const sideways = mostAlong(this.axes, HUNG[cut].right, across);
    const right = this.way(HUNG[cut].right, sideways);
    const down = this.way(HUNG[cut].down, (3 - across - sideways) as Axis);
    return { across, right, down };
  }

  private sheetOf(across: Axis, index: number, right: Way, down: Way): Sheet {
    const { sheet } = this.top;
    const start = (way: Way, at: Vector): Vector => (way.sign > 0 ? at : along(at, this.axes[way.axis], (way.count - 1) * way.step));
    const inside = along(sheet.position, this.axes[across], index * sheet.spacing[across as 0 | 1]);
    return {
      row: times(this.axes[right.axis], right.sign),
      column: times(this.axes[down.axis], down.sign),
      position: start(down, start(right, inside)),
      frameOfReference: sheet.frameOfReference,
      spacing: [right.step, down.step],
      columns: right.count,
      rows: down.count,
    };
  }

  private fill(pixels: Pixels, across: Axis, index: number, right: Way, down: Way): void {
    const inSlice = right.axis === 2 ? down : right; // the axis that lies in the slices; the other goes through them
    const through = right.axis === 2 ? right : down;
    const { columns } = this.top.sheet;
    const stride = inSlice.axis === 0 ? 1 : columns;
    const offset = across === 0 ? index : index * columns;
    const [stepIn, stepThrough] = right.axis === 2 ? [right.count, 1] : [1, right.count];
    const whole = !(pixels instanceof Float32Array);
    for (let t = 0; t < through.count; t += 1) {
      const { low, high, share } = this.between((through.sign > 0 ? t : through.count - 1 - t) * through.step);
      let from = offset + (inSlice.sign > 0 ? 0 : (inSlice.count - 1) * stride);
      let to = t * stepThrough;
      for (let i = 0; i < inSlice.count; i += 1) {
        const value = (low[from] as number) * (1 - share) + (high[from] as number) * share;
        pixels[to] = whole ? Math.round(value) : value;
        from += inSlice.sign * stride;
        to += stepIn;
      }
    }
  }

  /** The slices below and above a depth (mm from the first), and how near the upper one is. */
  private between(depth: number): { low: Pixels; high: Pixels; share: number } {
    const at = depth + (this.depths[0] ?? 0);
    let [low, high] = [0, this.depths.length - 1];
    while (high - low > 1) {
      const half = (low + high) >> 1;
      if ((this.depths[half] ?? 0) <= at) low = half;
      else high = half;
    }
    const [a, b] = [this.depths[low] ?? 0, this.depths[high] ?? 0];
    const share = b > a ? Math.min(1, Math.max(0, (at - a) / (b - a))) : 0;
    return { low: (this.slices[low] as Slice).pixels, high: (this.slices[high] as Slice).pixels, share };
  }

  /** Values on a sheet of other pixels, NaN outside; linear between slices and in them. */
  sample(sheet: Sheet): Float32Array {
    const { sheet: top } = this.top;
    const values = new Float32Array(sheet.columns * sheet.rows).fill(NaN);
    const from = along(sheet.position, top.position, -1);
    const n = this.axes[2];
    const base = [dot(from, top.row) / top.spacing[0], dot(from, top.column) / top.spacing[1], dot(from, n)] as const;
    const perColumn = [dot(sheet.row, top.row) / top.spacing[0], dot(sheet.row, top.column) / top.spacing[1], dot(sheet.row, n)] as const;
    const perRow = [dot(sheet.column, top.row) / top.spacing[0], dot(sheet.column, top.column) / top.spacing[1], dot(sheet.column, n)] as const;
    for (let y = 0; y < sheet.rows; y += 1) {
      for (let x = 0; x < sheet.columns; x += 1) {
        const [right, down] = [x * sheet.spacing[0], y * sheet.spacing[1]];
        const u = base[0] + perColumn[0] * right + perRow[0] * down;
        const v = base[1] + perColumn[1] * right + perRow[1] * down;
        const w = base[2] + perColumn[2] * right + perRow[2] * down;
        values[y * sheet.columns + x] = this.at(u, v, w);
      }
    }
    return values;
  }

  private at(u: number, v: number, w: number): number {
    const { columns, rows } = this.top.sheet;
    const last = (this.depths.at(-1) ?? 0) - (this.depths[0] ?? 0);
    const half = this.usual / 2;
    if (u < -0.5 || v < -0.5 || u > columns - 0.5 || v > rows - 0.5 || w < -half || w > last + half) return NaN;
    const { low, high, share } = this.between(w);
    const [x, y] = [Math.min(columns - 1, Math.max(0, u)), Math.min(rows - 1, Math.max(0, v))];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [x1, y1] = [Math.min(columns - 1, x0 + 1), Math.min(rows - 1, y0 + 1)];
    const [fx, fy] = [x - x0, y - y0];
    const flat = (p: Pixels): number =>
      ((p[y0 * columns + x0] as number) * (1 - fx) + (p[y0 * columns + x1] as number) * fx) * (1 - fy) +
      ((p[y1 * columns + x0] as number) * (1 - fx) + (p[y1 * columns + x1] as number) * fx) * fy;
    return flat(low) * (1 - share) + flat(high) * share;
  }
}

function mostAlong(axes: [Vector, Vector, Vector], direction: Vector, not: Axis | null = null): Axis {
  const order = ([0, 1, 2] as Axis[]).filter((a) => a !== not);
  return order.sort((a, b) => Math.abs(dot(axes[b], direction)) - Math.abs(dot(axes[a], direction)))[0] as Axis;
}

