import { cache } from '@cornerstonejs/core';

import { el } from '../ui/dom';
import { valuesAsShown } from './images';
import type { Range } from './window';

const SIZE = 240;
const TIMES = 2.5;

export interface LoupePane {
  image: string | undefined;
  range: Range | null;
  invert: boolean;
  locate(pixel: readonly [number, number]): readonly [number, number] | null;
}

/** The share of white that a value is drawn with. */
export const shade = (value: number, { lower, upper }: Range, invert: boolean): number => {
  const share = Math.min(1, Math.max(0, (value - lower) / Math.max(1e-9, upper - lower)));
  return invert ? 1 - share : share;
};

/**
 * A round magnifier that follows the mouse. It draws the stored pixels anew, so that it shows what a large radiograph
 * that is fitted into a small pane has lost, not enlarged screen dots.
 */
export class Loupe {
  readonly element = el('canvas', { class: 'loupe', attrs: { width: SIZE, height: SIZE, hidden: true, 'aria-hidden': true } });
  private readonly piece = document.createElement('canvas');

  hide(): void {
    this.element.hidden = true;
  }

  /** Show what lies at a pixel of the image; `x`, `y` is its place on the pane. */
  show(pane: LoupePane, pixel: readonly [number, number], x: number, y: number): void {
    const image = pane.image ? cache.getImage(pane.image) : undefined;
    const [origin, right, down] = [pane.locate([0, 0]), pane.locate([1, 0]), pane.locate([0, 1])];
    const pen = this.element.getContext('2d');
    if (!image || !pane.image || !origin || !right || !down || !pen) return this.hide();
    this.element.hidden = false;
    this.element.style.transform = `translate(${x - SIZE / 2}px, ${y - SIZE / 2}px)`;
    const [ax, ay, bx, by] = [right[0] - origin[0], right[1] - origin[1], down[0] - origin[0], down[1] - origin[1]].map((n) => n * TIMES) as [number, number, number, number];
    const reach = Math.ceil((SIZE * 0.75) / Math.max(0.05, Math.min(Math.hypot(ax, ay), Math.hypot(bx, by))));
    const left = Math.max(0, Math.floor(pixel[0]) - reach);
    const top = Math.max(0, Math.floor(pixel[1]) - reach);
    const wide = Math.min(image.columns, Math.floor(pixel[0]) + reach) - left;
    const high = Math.min(image.rows, Math.floor(pixel[1]) + reach) - top;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = '#000';
    pen.fillRect(0, 0, SIZE, SIZE);
    if (wide <= 0 || high <= 0) return;
    this.cutOut(pane, image as never, left, top, wide, high);
    const [dx, dy] = [left - pixel[0], top - pixel[1]];
    pen.setTransform(ax, ay, bx, by, SIZE / 2 + dx * ax + dy * bx, SIZE / 2 + dx * ay + dy * by);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(this.piece, 0, 0);
  }

  private cutOut(pane: LoupePane, image: { columns: number; rows: number; color: boolean; getPixelData(): ArrayLike<number> }, left: number, top: number, wide: number, high: number): void {
    const pixels = image.getPixelData();
    const samples = Math.max(1, Math.round(pixels.length / (image.columns * image.rows)));
    const { slope, intercept } = valuesAsShown(pane.image ?? '');
    const range = pane.range ?? { lower: 0, upper: 255 };
    const out = new ImageData(wide, high);
    for (let y = 0; y < high; y += 1) {
      for (let x = 0; x < wide; x += 1) {
        const from = ((top + y) * image.columns + left + x) * samples;
        const to = (y * wide + x) * 4;
        for (let c = 0; c < 3; c += 1) {
          const value = pixels[from + (samples === 1 ? 0 : c)] ?? 0;
          out.data[to + c] = samples === 1 ? Math.round(255 * shade(value * slope + intercept, range, pane.invert)) : pane.invert ? 255 - value : value;
        }
        out.data[to + 3] = 255;
      }
    }
    this.piece.width = wide;
    this.piece.height = high;
    this.piece.getContext('2d')?.putImageData(out, 0, 0);
  }
}
