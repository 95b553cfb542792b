// Lines of level print burned into an image, found by their look, where Python's imaging libraries are not at hand:
// marks of letter size, evenly bright, sharply apart from what is around them, on one base.
// It does not read, and finds neither handwriting nor slanted print: images of which the plan wants every one examined
// wait in the browser whatever this says (station.py).

export interface Grey {
  rows: number;
  columns: number;
  values: Float32Array; // 0..1, row by row
}

/** Left, top, right, bottom in pixels; the last two excluded. */
export type Region = readonly [number, number, number, number];

const LEVELS = [0.25, 0.4, 0.55, 0.7, 0.85].map(Math.fround);
const HEIGHT: readonly [number, number] = [5, 48];
const LETTERS = 4;
const SHORT = 2;
const STANDS_OUT = 0.035;
const EVEN = 0.3;
const MOSTLY = 0.6;
const SURROUNDINGS = 25;
const MOST_MARKS = 40_000;
const SIZES = [1, 2, 4]; // the image is made smaller by these, for letters beyond 48 pixels
const SMALLEST = 64; // pixels on a side: nothing is made smaller than that

interface Mark {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Line {
  region: Region;
  letters: number;
}

/** Lines of text, and lines of two or three marks that may be text (initials) or chance. */
export function linesByLength(views: readonly Grey[], factor: number): [Region[], Region[]] {
  const found = views.flatMap(textLines);
  const long = merged(found.filter((l) => l.letters >= LETTERS).map((l) => l.region));
  const short = merged(found.filter((l) => l.letters < LETTERS).map((l) => l.region));
  const alone = short.filter((r) => !long.some((line) => overlap(r, line)));
  const times = (r: Region): Region => [r[0] * factor, r[1] * factor, r[2] * factor, r[3] * factor];
  return [long.map(times), alone.map(times)];
}

function textLines(grey: Grey): Line[] {
  return SIZES.filter((n) => n === 1 || Math.min(grey.rows, grey.columns) >= SMALLEST * n).flatMap(
    (size) => {
      const image = smaller(grey, size);
      const inverse = { ...image, values: image.values.map((v) => 1 - v) };
      const found = [image, inverse].flatMap((view) =>
        [...LEVELS.map((level) => above(view, level)), local(view)].flatMap((mask) =>
          linesOf(marksOf(view, mask)),
        ),
      );
      // Of what was made smaller, chance makes pairs of marks; letters are many.
      return found
        .filter((line) => size === 1 || line.letters >= LETTERS)
        .map(({ region: r, letters }) => ({
          region: [r[0] * size, r[1] * size, r[2] * size, r[3] * size] as const,
          letters,
        }));
    },
  );
}

/** The mean over squares of `factor` pixels. */
export function smaller(grey: Grey, factor: number): Grey {
  if (factor === 1) return grey;
  const rows = Math.floor(grey.rows / factor);
  const columns = Math.floor(grey.columns / factor);
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let y = 0; y < factor; y++) {
        const at = (r * factor + y) * grey.columns + c * factor;
        for (let x = 0; x < factor; x++) sum += grey.values[at + x]!;
      }
      values[r * columns + c] = sum / (factor * factor);
    }
  }
  return { rows, columns, values };
}

function above(image: Grey, level: number): Uint8Array {
  return Uint8Array.from(image.values, (v) => (v > level ? 1 : 0));
}

/** What is in the upper half of the range around it: text of little contrast on a banner. */
function local(image: Grey): Uint8Array {
  const low = windowed(image, Math.min);
  const high = windowed(image, Math.max);
  const least = Math.fround(STANDS_OUT);
  return Uint8Array.from(image.values, (v, i) => {
    const range = Math.fround(high[i]! - low[i]!);
    return Math.fround(v - low[i]!) > Math.fround(0.5 * range) && range > least ? 1 : 0;
  });
}

/** The smallest or largest value of a square window around each pixel, rows first, then columns. */
function windowed(image: Grey, pick: (a: number, b: number) => number): Float32Array {
  const half = SURROUNDINGS >> 1;
  const { rows, columns } = image;
  const along = (from: Float32Array, count: number, length: number, step: number, next: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < count; line++) {
      extremes(from, to, line * next, length, step, half, pick);
    }
    return to;
  };
  return along(along(image.values, rows, columns, 1, columns), columns, rows, columns, 1);
}

/** Van Herk's running extreme over one line, in three comparisons a pixel whatever the window. */
function extremes(
  from: Float32Array,
  to: Float32Array,
  start: number,
  length: number,
  step: number,
  half: number,
  pick: (a: number, b: number) => number,
): void {
  const size = 2 * half + 1;
  const worst = pick(-Infinity, Infinity) === Infinity ? -Infinity : Infinity;
  const padded = Math.ceil((length + 2 * half) / size) * size;
  const value = new Float32Array(padded).fill(worst);
  for (let i = 0; i < length; i++) value[i + half] = from[start + i * step]!;
  const forth = value.slice();
  const back = value.slice();
  for (let i = 1; i < padded; i++) if (i % size) forth[i] = pick(forth[i - 1]!, value[i]!);
  for (let i = padded - 2; i >= 0; i--) if ((i + 1) % size) back[i] = pick(back[i + 1]!, value[i]!);
  for (let i = 0; i < length; i++) to[start + i * step] = pick(back[i]!, forth[i + size - 1]!);
}

/** Marks of letter size that stand out sharply from what is around them. */
function marksOf(image: Grey, mask: Uint8Array): Mark[] {
  const { labels, boxes, areas } = labelled(mask, image.rows, image.columns);
  if (boxes.length === 0 || boxes.length > MOST_MARKS) return [];
  return boxes.filter(
    (mark, i) => letterSized(mark, areas[i]!) && sharp(image, labels, i + 1, mark),
  );
}

/** Parts that hang together over sides or corners, numbered from 1 in the order of their first pixel. */
function labelled(mask: Uint8Array, rows: number, columns: number) {
  const labels = new Int32Array(mask.length);
  const boxes: Mark[] = [];
  const areas: number[] = [];
  const stack: number[] = [];
  for (let first = 0; first < mask.length; first++) {
    if (!mask[first] || labels[first]) continue;
    const number = boxes.length + 1;
    const box = { left: columns, top: rows, right: 0, bottom: 0 };
    let area = 0;
    labels[first] = number;
    stack.push(first);
    while (stack.length) {
      const at = stack.pop()!;
      const row = Math.floor(at / columns);
      const column = at - row * columns;
      area++;
      if (column < box.left) box.left = column;
      if (column >= box.right) box.right = column + 1;
      if (row < box.top) box.top = row;
      if (row >= box.bottom) box.bottom = row + 1;
      for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
          const beside = r * columns + c;
          if (mask[beside] && !labels[beside]) {
            labels[beside] = number;
            stack.push(beside);
          }
        }
      }
    }
    boxes.push(box);
    areas.push(area);
  }
  return { labels, boxes, areas };
}

function letterSized(mark: Mark, area: number): boolean {
  const height = mark.bottom - mark.top;
  const width = mark.right - mark.left;
  if (height < HEIGHT[0] || height > HEIGHT[1] || width > 2.2 * height) return false;
  const filled = area / (height * width);
  const thin = width <= Math.max(2, Math.floor(height / 4));
  return filled >= 0.15 && (filled <= 0.8 || thin);
}

/** Whether a mark is evenly bright and its surroundings are evenly darker. */
function sharp(image: Grey, labels: Int32Array, number: number, mark: Mark): boolean {
  const ink: number[] = [];
  const paper: number[] = [];
  for (let r = Math.max(0, mark.top - 2); r < Math.min(image.rows, mark.bottom + 2); r++) {
    for (let c = Math.max(0, mark.left - 2); c < Math.min(image.columns, mark.right + 2); c++) {
      const at = r * image.columns + c;
      if (labels[at] === number) ink.push(image.values[at]!);
      else if (labels[at] === 0) paper.push(image.values[at]!);
    }
  }
  if (ink.length < 6 || paper.length < 6) return false;
  const bright = median(ink);
  const dark = median(paper);
  const distance = bright - dark;
  return (
    distance >= STANDS_OUT &&
    share(paper, dark, EVEN * distance) >= MOSTLY &&
    share(ink, bright, EVEN * distance) >= MOSTLY
  );
}

function median(values: number[]): number {
  const sorted = Float32Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2) return sorted[half]!;
  return Math.fround(Math.fround(sorted[half - 1]! + sorted[half]!) / 2);
}

function share(values: number[], middle: number, most: number): number {
  const limit = Math.fround(most);
  const within = values.filter((v) => Math.abs(Math.fround(v - middle)) <= limit);
  return within.length / values.length;
}

/** Runs of marks of like height on one line, with gaps as between letters or words. */
function linesOf(marks: Mark[]): Line[] {
  const lines: Mark[][] = [];
  for (const mark of [...marks].sort((a, b) => a.left - b.left || a.top - b.top)) {
    const line = lines.find((l) => continues(l[l.length - 1]!, mark));
    if (line) line.push(mark);
    else lines.push([mark]);
  }
  return lines
    .filter((line) => line.length >= SHORT && even(line))
    .map((line) => ({ region: hull(line), letters: line.length }));
}

function continues(last: Mark, mark: Mark): boolean {
  const tall = Math.max(last.bottom - last.top, mark.bottom - mark.top);
  const low = Math.min(last.bottom - last.top, mark.bottom - mark.top);
  const gap = mark.left - last.right;
  const apart = Math.abs(mark.bottom + mark.top - (last.bottom + last.top)) / 2;
  return gap >= -1 && gap <= 1.6 * tall && apart <= 0.45 * tall && low >= 0.55 * tall;
}

/** Letters of a line stand on one base: most of them, to a pixel or two. */
function even(line: Mark[]): boolean {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  const base = middle(line.map((m) => m.bottom));
  const top = middle(line.map((m) => m.top));
  const slack = Math.max(1, halfToEven(0.12 * (base - top)));
  const standing = line.filter((m) => Math.abs(m.bottom - base) <= slack).length;
  return standing >= 0.7 * line.length;
}

/** Python's rounding. */
function halfToEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 ? down + 1 : down;
}

function hull(line: Mark[]): Region {
  return [
    Math.min(...line.map((m) => m.left)),
    Math.min(...line.map((m) => m.top)),
    Math.max(...line.map((m) => m.right)),
    Math.max(...line.map((m) => m.bottom)),
  ];
}

/** The same line found at several levels, once. */
function merged(regions: Region[]): Region[] {
  const kept: Region[] = [];
  const area = (r: Region): number => (r[2] - r[0]) * (r[3] - r[1]);
  for (const region of [...regions].sort((a, b) => area(b) - area(a))) {
    if (!kept.some((k) => overlap(region, k))) kept.push(region);
  }
  return kept;
}

/** Whether two regions lie on one line and share some of it. */
export function overlap(a: Region, b: Region): boolean {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0.5 * Math.min(a[3] - a[1], b[3] - b[1]);
}
