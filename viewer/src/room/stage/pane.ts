import { Enums, type Types } from '@cornerstonejs/core';

import { el } from '../ui/dom';
import { engine, STACK, type StackViewport } from './engine';
import { gridOf, planeOf, stackOf, type Stack } from './images';
import type { Slot } from './layout';
import { edges, type Turn } from './orientation';
import { pixelToWorld, worldToPixel } from './pixels';
import { automatic, windowLevel, type Range } from './window';

/** How one series is being looked at: what a resumed case shows again. */
export interface View {
  series: string;
  index: number;
  range: Range | null;
  invert: boolean;
  turn: Turn;
  /** The image pixel in the middle of the pane, and half the height shown, in mm. */
  centre: [number, number];
  span: number;
}

const UPRIGHT: Turn = { rotation: 0, flipHorizontal: false, flipVertical: false };

/** One viewport of the stage: a stack of images of one series with its labels. */
export class Pane {
  readonly element: HTMLDivElement;
  readonly id: string;
  stack: Stack = { ids: [], fps: null };
  linked = false;
  private readonly target = el('div', { class: 'pane-image' });
  private readonly label = el('div', { class: 'tag-tl' });
  private readonly figures = el('div', { class: 'tag-br' });
  private readonly sides = Object.fromEntries(
    (['left', 'right', 'top', 'bottom'] as const).map((s) => [s, el('div', { class: `side side-${s}` })]),
  );
  private readonly note = el('div', { class: 'pane-note', attrs: { role: 'status' } });
  private readonly share = el('i');
  private readonly bar = el('div', { class: 'pane-loaded' }, [this.share]);
  private range: Range | null = null;
  private invert = false;
  private turn: Turn = { ...UPRIGHT };
  private wanted = 0;
  private busy = false;

  constructor(
    readonly place: number,
    public slot: Slot,
    private readonly manyTimepoints: boolean,
    private readonly onShown: (pane: Pane) => void,
  ) {
    this.id = `pane-${place}`;
    const name = slot.series ? this.title() : 'No images';
    this.element = el('div', { class: 'pane', attrs: { tabindex: slot.series ? 0 : null, role: 'group', 'aria-label': name, 'data-series': slot.series?.id } }, [
      this.target, this.label, this.figures, ...Object.values(this.sides), this.note, this.bar,
    ]);
    this.element.style.gridArea = `${slot.row + 1} / ${slot.column + 1}`;
    this.label.textContent = slot.series ? name : '';
    if (!slot.series) this.say('Not part of this case');
  }

  get viewport(): StackViewport {
    return engine().getViewport(this.id) as StackViewport;
  }

  get index(): number {
    return this.wanted;
  }

  get image(): string | undefined {
    return this.stack.ids[this.wanted];
  }

  /** The series with its time point, as the reader knows it. */
  title(): string {
    const { series, timepoint } = this.slot;
    if (!series) return '';
    return this.manyTimepoints && timepoint ? `Time point ${timepoint} · ${series.label}` : series.label;
  }

  /** Show the series, at its middle or as it was looked at before. */
  async open(view: View | null): Promise<void> {
    const { series } = this.slot;
    if (!series) return;
    engine().enableElement({ viewportId: this.id, type: STACK, element: this.target, defaultOptions: { background: [0, 0, 0] } });
    this.target.removeAttribute('tabindex'); // else it takes the focus, and Cornerstone swallows every key
    this.listen();
    try {
      this.stack = await stackOf(series);
      if (this.stack.ids.length === 0) return this.say('No images were found in this series');
      this.wanted = Math.min(view?.index ?? middle(this.stack), this.stack.ids.length - 1);
      await this.viewport.setStack(this.stack.ids, this.wanted);
      this.restore(view);
    } catch {
      this.say('These images could not be loaded. Reload the page; if it happens again, tell the study office which case and series.');
    }
  }

  /** Show the series that the slot now names. */
  async reopen(): Promise<void> {
    const { series } = this.slot;
    if (!series) return;
    this.stack = await stackOf(series);
    this.say(this.stack.ids.length === 0 ? 'No images were found in this series' : '');
    if (this.stack.ids.length === 0) return;
    this.label.textContent = this.title();
    this.element.setAttribute('aria-label', this.title());
    this.element.dataset['series'] = series.id;
    this.wanted = middle(this.stack);
    await this.viewport.setStack(this.stack.ids, this.wanted);
    this.restore(null);
  }

  private restore(view: View | null): void {
    this.range = view?.range ?? this.firstRange();
    this.invert = view?.invert ?? Boolean(this.viewport.getProperties().invert);
    this.turn = { ...(view?.turn ?? UPRIGHT) };
    if (view) {
      this.orient();
      this.look(view.centre, view.span);
    }
    this.apply();
  }

  /** The window of the first image serves the whole series, so that slices can be compared. */
  private firstRange(): Range | null {
    const { voiRange } = this.viewport.getProperties();
    if (this.isColour()) return null;
    return voiRange && voiRange.upper > voiRange.lower ? { ...voiRange } : this.automaticRange();
  }

  private isColour(): boolean {
    return Boolean(this.loaded()?.color);
  }

  private automaticRange(): Range | null {
    const image = this.loaded();
    return image && !image.color ? automatic(image.getPixelData()) : null;
  }

  private listen(): void {
    this.target.addEventListener(Enums.Events.VOI_MODIFIED, ((e: CustomEvent<{ range: Range; invert?: boolean }>) => {
      if (this.dragging) this.range = { ...e.detail.range };
      this.draw();
    }) as EventListener);
    this.target.addEventListener(Enums.Events.IMAGE_RENDERED, () => {
      this.draw();
      this.onShown(this);
    });
    this.target.addEventListener('pointerdown', () => (this.dragging = true), true);
    window.addEventListener('pointerup', () => (this.dragging = false), true);
  }

  private dragging = false;

  /** Go to an image; steps that come while one loads are joined, the latest wins. */
  async show(index: number): Promise<void> {
    this.wanted = index;
    this.draw();
    if (this.busy) return;
    this.busy = true;
    try {
      for (let at = -1; at !== this.wanted; ) {
        at = this.wanted;
        await this.viewport.setImageIdIndex(at);
        this.say('');
        this.apply(); // Cornerstone's CPU drawing forgets the window at every new image
      }
    } catch {
      this.say(`Image ${this.wanted + 1} could not be loaded`);
    } finally {
      this.busy = false;
    }
  }

  private apply(): void {
    const properties = { invert: this.invert, ...(this.range ? { voiRange: this.range } : {}) };
    this.viewport.setProperties(properties);
    this.viewport.render();
    this.draw();
  }

  window(range: Range | null): void {
    this.range = range ?? this.automaticRange() ?? this.range;
    this.apply();
  }

  toggleInvert(): void {
    this.invert = !this.invert;
    this.apply();
  }

  rotate(): void {
    this.turn.rotation = (this.turn.rotation + 90) % 360;
    this.orient();
  }

  flip(axis: 'flipHorizontal' | 'flipVertical'): void {
    this.turn[axis] = !this.turn[axis];
    this.orient();
  }

  fit(): void {
    this.viewport.resetCamera();
    this.orient();
  }

  /** Back to the first look: window, size, place, turn. */
  reset(): void {
    this.turn = { ...UPRIGHT };
    this.viewport.resetProperties();
    this.viewport.resetCamera();
    this.orient();
    this.restore(null);
  }

  zoomBy(factor: number): void {
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  /** Flip and turn the image as `turn` says. (`flip` of Cornerstone does nothing when the CPU draws.) */
  private orient(): void {
    const { flipHorizontal, flipVertical, rotation } = this.turn;
    this.viewport.setCamera({ flipHorizontal, flipVertical });
    this.viewport.setViewPresentation({ rotation } as Types.ViewPresentation);
    this.viewport.render();
    this.draw();
  }

  /** Bring an image pixel to the middle of the pane, with so many millimetres above and below it. */
  private look(centre: [number, number], span: number): void {
    const grid = this.image ? gridOf(this.image) : null;
    const { focalPoint, position } = this.viewport.getCamera();
    if (!grid || !focalPoint || !position) return;
    const target = pixelToWorld(centre, grid);
    const now = pixelToWorld(worldToPixel(focalPoint, grid), grid);
    const move = (p: readonly number[]): Types.Point3 => [0, 1, 2].map((i) => (p[i] ?? 0) + (target[i] ?? 0) - (now[i] ?? 0)) as Types.Point3;
    this.viewport.setCamera({ focalPoint: move(focalPoint), position: move(position), parallelScale: span });
  }

  view(): View | null {
    const { series } = this.slot;
    if (!series || this.stack.ids.length === 0) return null;
    const { focalPoint = [0, 0, 0], parallelScale = 1 } = this.viewport.getCamera();
    const grid = this.image ? gridOf(this.image) : null;
    if (!grid) return null;
    const { range, invert, wanted: index } = this;
    return { series: series.id, index, range, invert, turn: { ...this.turn }, centre: worldToPixel(focalPoint, grid), span: parallelScale };
  }

  private loaded(): Types.IImage | undefined {
    return (this.viewport as unknown as { csImage?: Types.IImage }).csImage;
  }

  /** Share of the series that is in memory, 0 to 1. */
  progress(share: number): void {
    this.share.style.width = `${Math.round(share * 100)}%`;
    this.bar.classList.toggle('done', share >= 1);
  }

  say(text: string): void {
    this.note.textContent = text;
  }

  draw(): void {
    const { ids, fps } = this.stack;
    if (ids.length === 0) return;
    const wl = this.range ? windowLevel(this.range) : null;
    this.figures.replaceChildren(
      el('b', { text: `${this.wanted + 1}/${ids.length}` }),
      el('span', { text: wl ? ` · W ${figure(wl.window)} L ${figure(wl.level)}` : '' }),
      el('span', { class: 'tag-second', text: [this.linked ? 'linked' : '', fps ? `${Math.round(fps)} frames/s` : '', this.invert ? 'inverted' : ''].filter(Boolean).join(' · ') }),
    );
    const plane = this.image ? planeOf(this.image) : null;
    const names = plane ? edges(plane.row, plane.column, this.turn) : null;
    for (const [side, node] of Object.entries(this.sides)) {
      node.textContent = names ? names[side as keyof typeof names] : '';
    }
  }

  close(): void {
    if (this.slot.series) engine().disableElement(this.id);
    this.element.remove();
  }
}

const middle = (stack: Stack): number => (stack.fps === null ? Math.floor((stack.ids.length - 1) / 2) : 0);

const figure = (n: number): string => (Math.abs(n) < 10 && !Number.isInteger(n) ? n.toFixed(2) : String(Math.round(n)));
