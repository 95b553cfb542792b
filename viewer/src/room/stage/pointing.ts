import type { Measurement } from '../types';
import { pointOn, type Vector } from './geometry';
import { Loupe } from './loupe';
import type { Marking } from './marks';
import { groundOf, measurement, type Measurements } from './measure';
import type { Pane } from './pane';
import { isCut } from './reslice';
import { shapeOn, words } from './shapes';
import type { Tool } from './tools';

export interface PointingParts {
  tool(): Tool;
  cross(point: Vector, pane: Pane): void;
  /** A shape drawn by hand; `finished` when the mouse is let go. */
  drawn(measurement: Measurement): void;
  /** The points already set on this image, which the next one joins. */
  points(image: string): Measurement | undefined;
  /** The outline changes while it is drawn. */
  drawing(): void;
  refuse(text: string): void;
}

const NOT_HERE = 'Measure on the images as they were acquired: this plane was cut by the program';
const CLOSE = 2; // screen pixels between two points of an outline

/** What the mouse does where Cornerstone has no part in it: crosshair, outlines, points, magnifier. */
export class Pointing {
  /** The outline that is being drawn, in pixels of its image. */
  outline: { image: string; points: [number, number][] } | null = null;
  magnifying = false;
  private readonly loupe = new Loupe();

  constructor(private readonly parts: PointingParts) {}

  wire(pane: Pane): void {
    pane.element.addEventListener('pointerdown', (e) => this.down(e, pane));
    pane.element.addEventListener('pointermove', (e) => this.move(e, pane));
    pane.element.addEventListener('pointerup', () => this.up(pane));
    pane.element.addEventListener('pointerleave', () => this.loupe.hide());
  }

  /** Switch the magnifier; says whether it is on now. */
  toggleLoupe(): boolean {
    this.magnifying = !this.magnifying;
    if (!this.magnifying) this.loupe.hide();
    return this.magnifying;
  }

  /** The outlines and points on an image, with their words, and the outline that is being drawn. */
  shapesOn(image: string, measurements: Measurements): Marking['shapes'] {
    const chosen = measurements.current()?.id;
    const done = measurements.freehandOn(image).map((m) => {
      const shape = shapeOn(m.kind, m.points, groundOf(image, m.points));
      return { kind: m.kind, points: m.points, words: shape ? words(m.kind, shape).join('\n') : '', chosen: m.id === chosen };
    });
    const { outline } = this;
    return outline?.image === image ? [...done, { kind: 'polygon' as const, points: outline.points, words: '', chosen: true }] : done;
  }

  private at(event: PointerEvent, pane: Pane): { pixel: [number, number]; left: number; top: number } | null {
    const box = pane.element.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left - pane.element.clientLeft, event.clientY - box.top - pane.element.clientTop];
    const pixel = pane.stack.ids.length > 0 ? pane.pixelAt(left, top) : null;
    return pixel && { pixel, left, top };
  }

  private down(event: PointerEvent, pane: Pane): void {
    const tool = this.parts.tool();
    const place = event.button === 0 ? this.at(event, pane) : null;
    if (!place || !pane.image) return;
    if (tool === 'crosshair') return this.cross(place.pixel, pane);
    if (tool !== 'polygon' && tool !== 'points') return;
    if (isCut(pane.image)) return this.parts.refuse(NOT_HERE);
    if (tool === 'points') return this.point(place.pixel, pane.image);
    this.outline = { image: pane.image, points: [place.pixel] };
    pane.element.setPointerCapture(event.pointerId);
  }

  private cross(pixel: [number, number], pane: Pane): void {
    if (pane.sheet) this.parts.cross(pointOn(pane.sheet, pixel), pane);
    else this.parts.refuse('These images do not say where they lie in the patient, so that there is no crosshair');
  }

  private move(event: PointerEvent, pane: Pane): void {
    const place = this.at(event, pane);
    if (!place) return;
    if (this.magnifying) {
      pane.element.append(this.loupe.element);
      this.loupe.show({ image: pane.image, ...pane.look, locate: (p) => pane.locate(p) }, place.pixel, place.left, place.top);
    }
    if (this.parts.tool() === 'crosshair' && event.buttons === 1) return this.cross(place.pixel, pane);
    if (this.outline) this.extend(place, pane);
  }

  private extend({ pixel, left, top }: { pixel: [number, number]; left: number; top: number }, pane: Pane): void {
    const last = this.outline?.points.at(-1);
    const before = last && pane.locate(last);
    if (!before || Math.hypot(before[0] - left, before[1] - top) < CLOSE) return;
    this.outline?.points.push(pixel);
    this.parts.drawing();
  }

  private up(pane: Pane): void {
    const { outline } = this;
    this.outline = null;
    if (!outline || outline.image !== pane.image) return;
    const made = measurement(crypto.randomUUID(), 'polygon', outline.image, outline.points);
    if (made) this.parts.drawn(made);
    else this.parts.refuse('An outline goes round at least one pixel: drag around it');
    this.parts.drawing();
  }

  private point(pixel: [number, number], image: string): void {
    const before = this.parts.points(image);
    const made = measurement(before?.id ?? crypto.randomUUID(), 'points', image, [...(before?.points ?? []), pixel]);
    if (made) this.parts.drawn({ ...made, item: before?.item ?? null });
    this.parts.drawing();
  }
}
