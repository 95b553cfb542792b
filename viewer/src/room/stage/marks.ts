import type { ShapeKind } from '../types';
import { el } from '../ui/dom';
import { coloured } from './colours';
import { cut, depth, distance, middle, parallel, pixelOf, type Sheet, type Vector } from './geometry';
import type { Colour } from './prepare';
import type { Range } from './window';

type Point = readonly [number, number];

/** What is drawn over the images of a pane, apart from Cornerstone's own shapes. */
export interface Marking {
  /** Where another pane's slice cuts this one. */
  lines: [Vector, Vector][];
  cross: Vector | null;
  shapes: { kind: ShapeKind; points: readonly Point[]; words: string; chosen: boolean }[];
  colour: { of: Colour; range: Range; opacity: number } | null;
}

export const NOTHING: Marking = { lines: [], cross: null, shapes: [], colour: null };

export interface MarkedPane {
  /** Where the shown image lies in the patient, or null. */
  sheet: Sheet | null;
  image: string | undefined;
  /** A place on the image in pixels to a place on the pane. */
  locate(pixel: Point): Point | null;
}

const FINEST = 256; // pixels of colour along a side: PET itself is no finer

/** A canvas over a pane: colour, lines, cross, outlines. */
export class Marks {
  readonly element = el('canvas', { class: 'pane-marks', attrs: { 'aria-hidden': true } });
  private readonly tint = document.createElement('canvas');
  private tinted = '';

  constructor(private readonly pane: MarkedPane) {}

  draw(marking: Marking): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = devicePixelRatio;
    if (this.element.width !== Math.round(width * ratio)) this.element.width = Math.round(width * ratio);
    if (this.element.height !== Math.round(height * ratio)) this.element.height = Math.round(height * ratio);
    const pen = this.element.getContext('2d');
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (marking.colour) this.drawColour(pen, marking.colour, ratio);
    this.drawLines(pen, marking.lines);
    for (const shape of marking.shapes) this.drawShape(pen, shape);
    if (marking.cross) this.drawCross(pen, marking.cross);
  }

  private drawColour(pen: CanvasRenderingContext2D, { of, range, opacity }: NonNullable<Marking['colour']>, ratio: number): void {
    const { sheet, image } = this.pane;
    if (!sheet || !image) return;
    const name = `${image}|${range.lower}|${range.upper}|${opacity}`;
    if (name !== this.tinted) this.tintFor(sheet, of, range, opacity);
    this.tinted = name;
    const [origin, right, down] = ([[0, 0], [sheet.columns, 0], [0, sheet.rows]] as const).map((p) => this.pane.locate(p));
    if (!origin || !right || !down) return;
    const { width, height } = this.tint;
    pen.save();
    pen.imageSmoothingEnabled = true;
    pen.setTransform(
      (ratio * (right[0] - origin[0])) / width, (ratio * (right[1] - origin[1])) / width,
      (ratio * (down[0] - origin[0])) / height, (ratio * (down[1] - origin[1])) / height,
      ratio * origin[0], ratio * origin[1],
    );
    pen.drawImage(this.tint, 0, 0);
    pen.restore();
  }

  private tintFor(sheet: Sheet, of: Colour, range: Range, opacity: number): void {
    const by = Math.max(1, Math.max(sheet.columns, sheet.rows) / FINEST);
    const coarse = coarser(sheet, by);
    const values = of.volume.sample(coarse);
    const factor = of.meaning?.factor ?? 1;
    for (let i = 0; i < values.length; i += 1) values[i] = ((values[i] as number) * of.slope + of.intercept) * factor;
    this.tint.width = coarse.columns;
    this.tint.height = coarse.rows;
    this.tint.getContext('2d')?.putImageData(new ImageData(coloured(values, range, opacity), coarse.columns, coarse.rows), 0, 0);
  }

  private at(point: Vector): Point | null {
    const { sheet } = this.pane;
    return sheet && this.pane.locate(pixelOf(sheet, point));
  }

  private drawLines(pen: CanvasRenderingContext2D, lines: [Vector, Vector][]): void {
    pen.strokeStyle = '#7fd1b9';
    pen.lineWidth = 1;
    pen.setLineDash([6, 4]);
    for (const [from, to] of lines) {
      const [a, b] = [this.at(from), this.at(to)];
      if (!a || !b) continue;
      pen.beginPath();
      pen.moveTo(...a);
      pen.lineTo(...b);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  /** A cross with an open middle, so that it does not hide what it points at. */
  private drawCross(pen: CanvasRenderingContext2D, point: Vector): void {
    const place = this.at(point);
    if (!place) return;
    const [x, y] = place;
    pen.strokeStyle = '#38bdb2';
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      pen.moveTo(x + dx * 9, y + dy * 9);
      pen.lineTo(x + dx * 34, y + dy * 34);
    }
    pen.stroke();
  }

  private drawShape(pen: CanvasRenderingContext2D, { kind, points, words, chosen }: Marking['shapes'][number]): void {
    const places = points.map((p) => this.pane.locate(p)).filter((p): p is Point => p !== null);
    const last = places.at(-1);
    if (!last) return;
    pen.strokeStyle = pen.fillStyle = chosen ? '#ffe3a1' : '#ffd166';
    pen.lineWidth = chosen ? 3 : 2;
    pen.font = '14px "Inter Variable", system-ui, sans-serif';
    if (kind === 'points') places.forEach((p, i) => this.dot(pen, p, i + 1));
    else {
      pen.beginPath();
      places.forEach((p, i) => (i === 0 ? pen.moveTo(...p) : pen.lineTo(...p)));
      if (words) pen.closePath();
      pen.stroke();
    }
    if (words && kind !== 'points') this.say(pen, words, Math.max(...places.map((p) => p[0])) + 8, last[1]);
  }

  private dot(pen: CanvasRenderingContext2D, [x, y]: Point, number: number): void {
    pen.beginPath();
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.stroke();
    this.say(pen, String(number), x + 7, y - 5);
  }

  private say(pen: CanvasRenderingContext2D, text: string, x: number, y: number): void {
    const { fillStyle } = pen;
    pen.fillStyle = '#000c';
    text.split('\n').forEach((line, i) => pen.fillText(line, x + 1, y + 1 + i * 18));
    pen.fillStyle = fillStyle;
    text.split('\n').forEach((line, i) => pen.fillText(line, x, y + i * 18));
  }
}

function coarser(sheet: Sheet, by: number): Sheet {
  const columns = Math.ceil(sheet.columns / by);
  const rows = Math.ceil(sheet.rows / by);
  const spacing = [(sheet.spacing[0] * sheet.columns) / columns, (sheet.spacing[1] * sheet.rows) / rows] as const;
  const shift = (n: number, of: number): number => (n - of) / 2; // to the centre of the larger first pixel
  const position = [0, 1, 2].map(
    (i) => (sheet.position[i] ?? 0) + (sheet.row[i] ?? 0) * shift(spacing[0], sheet.spacing[0]) + (sheet.column[i] ?? 0) * shift(spacing[1], sheet.spacing[1]),
  ) as Vector;
  return { ...sheet, columns, rows, spacing, position };
}

/** Where the active pane's slice cuts a pane: nothing for parallel planes or another frame of reference. */
export function lineOn(sheet: Sheet | null, active: Sheet | null): [Vector, Vector][] {
  if (!sheet || !active || sheet.frameOfReference !== active.frameOfReference || parallel(sheet, active) !== 0) return [];
  const across = cut(sheet, active);
  if (!across) return [];
  const half = (Math.hypot(active.spacing[0] * active.columns, active.spacing[1] * active.rows)) / 2;
  const centre = middle(active);
  return across.every((p) => distance(p, centre) > half * 3) ? [] : [across];
}

/** Does a point lie on a slice, within half a slice's distance? */
export const lies = (point: Vector, sheet: Sheet, apart: number): boolean =>
  Math.abs(depth(point, sheet) - depth(sheet.position, sheet)) <= apart / 2 + 0.01;
