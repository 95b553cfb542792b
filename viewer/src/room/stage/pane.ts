import { Enums, type Types } from '@cornerstonejs/core';

import { el } from '../ui/dom';
import { engine, STACK, type StackViewport } from './engine';
import { depth, type Sheet } from './geometry';
import { gridOf, meaningOfImage, planeOf, scaleOf, sheetOf, type Stack } from './images';
import type { Slot } from './layout';
import { NOTHING, Marks, type Marking } from './marks';
import { edges, type Turn } from './orientation';
import { pixelToWorld, worldToPixel } from './pixels';
import { isPet, prepare, type Colour } from './prepare';
import { SCALE_WORDS } from './calibration';
import { NoVolume } from './volume';
import { automatic, presetRange, windowLevel, type Range } from './window';
import type { Preset } from '../types';

/** How one series is being looked at: what a resumed case shows again. */
export interface View {
  /** The series, with its plane where it is cut: `A.ct/coronal`. */
  series: string;
  index: number;
  range: Range | null;
  invert: boolean;
  turn: Turn;
  /** The image pixel in the middle of the pane, and half the height shown, in mm; 0 fits it to the pane. */
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
  private readonly marks = new Marks(this);
  private marking: Marking = NOTHING;
  private depths: (number | null)[] = [];
  private readonly closed = new AbortController();
  private warning = '';
  /** Everything that must be in memory for this pane. */
  needs: string[] = [];
  colour: Colour | null = null;

  constructor(
    readonly place: number,
    public slot: Slot,
    private readonly manyTimepoints: boolean,
    private readonly onShown: (pane: Pane) => void,
  ) {
    this.id = `pane-${place}`;
    const name = slot.series ? this.title() : slot.why || 'No images';
    this.element = el('div', { class: 'pane', attrs: { tabindex: slot.series ? 0 : null, role: 'group', 'aria-label': name, 'data-series': slot.series?.id } }, [
      this.target, this.marks.element, this.label, this.figures, ...Object.values(this.sides), this.note, this.bar,
    ]);
    this.element.style.gridArea = `${slot.row + 1} / ${slot.column + 1}`;
    this.label.textContent = slot.series ? name : '';
    if (!slot.series) this.say(slot.why);
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
    const { series, under, plane, timepoint } = this.slot;
    if (!series) return '';
    const name = under ? `${series.label} over ${under.label}` : series.label;
    const cut = plane === 'acquired' ? name : `${name}, ${plane}`;
    return this.manyTimepoints && timepoint ? `Time point ${timepoint} · ${cut}` : cut;
  }

  /** What tells this look from another of the same series. */
  get name(): string {
    const { series, under, plane } = this.slot;
    const over = under ? `+${under.id}` : '';
    return series ? `${series.id}${over}${plane === 'acquired' ? '' : `/${plane}`}` : '';
  }

  /** Show the series, at its middle or as it was looked at before. */
  async open(view: View | null, presets: Preset[]): Promise<void> {
    if (!this.slot.series) return;
    engine().enableElement({ viewportId: this.id, type: STACK, element: this.target, defaultOptions: { background: [0, 0, 0] } });
    this.target.removeAttribute('tabindex'); // else it takes the focus, and Cornerstone swallows every key
    this.listen();
    await this.fill(view, presets);
  }

  /** Show the series that the slot now names. */
  async reopen(presets: Preset[]): Promise<void> {
    if (!this.slot.series) return;
    this.label.textContent = this.title();
    this.element.setAttribute('aria-label', this.title());
    this.element.dataset['series'] = this.slot.series.id;
    await this.fill(null, presets);
  }

  private async fill(view: View | null, presets: Preset[]): Promise<void> {
    try {
      const made = await prepare(this.slot, this.closed.signal, (text) => this.say(text));
      if (this.closed.signal.aborted) return;
      Object.assign(this, { stack: made.stack, needs: made.needs, colour: made.colour, warning: made.warning });
      this.depths = made.stack.ids.map(() => null);
      this.say('');
      if (this.stack.ids.length === 0) return this.say('No images were found in this series');
      this.wanted = Math.min(view?.index ?? middle(this.stack), this.stack.ids.length - 1);
      await this.viewport.setStack(this.stack.ids, this.wanted);
      this.restore(view);
      if (!view) this.start(presets);
    } catch (error) {
      if (this.closed.signal.aborted) return;
      this.say(error instanceof NoVolume ? error.message : 'These images could not be loaded. Reload the page; if it happens again, tell the study office which case and series.');
    }
  }

  /** The window and grey scale that the plan's layout starts with. */
  private start(presets: Preset[]): void {
    const preset = presets.find((p) => p.id === this.slot.preset);
    if (this.slot.inverted && !this.colour) this.invert = !this.invert;
    if (preset && this.colour) this.colourRange = presetRange(preset);
    else if (preset) this.range = this.rangeOf(preset) ?? this.range;
    this.apply();
  }

  /** The range of the colour that lies over the images, in its own unit. */
  private colourRange: Range | null = null;
  private opacity = 0.55;

  /** Stronger or weaker colour; false where there is none. */
  fade(by: number): boolean {
    if (!this.colour) return false;
    this.opacity = Math.min(1, Math.max(0, this.opacity + by));
    this.draw();
    return true;
  }

  /** Where the image that is shown lies in the patient. */
  get sheet(): Sheet | null {
    return this.image ? sheetOf(this.image) : null;
  }

  /** How far each image lies along the normal; null for those that are not in memory yet. */
  depthsOf(): readonly (number | null)[] {
    this.stack.ids.forEach((id, i) => {
      if (this.depths[i] !== null) return;
      const plane = planeOf(id);
      this.depths[i] = plane ? depth(plane.position, plane) : null;
    });
    return this.depths;
  }

  /** A place on the image, in pixels, to a place on the pane. */
  locate([x, y]: readonly [number, number]): readonly [number, number] | null {
    const grid = this.image ? gridOf(this.image) : null;
    if (!grid) return null;
    const [left, top] = this.viewport.worldToCanvas(pixelToWorld([x, y], grid));
    return [left, top];
  }

  /** The reverse of locate. */
  pixelAt(left: number, top: number): [number, number] | null {
    const grid = this.image ? gridOf(this.image) : null;
    return grid && worldToPixel(this.viewport.canvasToWorld([left, top]), grid);
  }

  /** What is drawn over the images from now on. */
  mark(marking: Omit<Marking, 'colour'>): void {
    this.marking = { ...marking, colour: null };
    this.drawMarks();
  }

  private drawMarks(): void {
    if (this.stack.ids.length === 0) return;
    const range = this.colour ? (this.colourRange ?? { lower: 0, upper: 10 }) : null;
    this.marks.draw({ ...this.marking, colour: this.colour && range ? { of: this.colour, range, opacity: this.opacity } : null });
  }

  private restore(view: View | null): void {
    this.range = view?.range ?? this.firstRange();
    this.invert = view?.invert ?? Boolean(this.viewport.getProperties().invert);
    this.turn = { ...(view?.turn ?? UPRIGHT) };
    if (view) {
      this.orient();
      if (view.span > 0) this.aim(view.centre, view.span);
    }
    this.apply();
  }

  /** The window of the first image serves the whole series, so that slices can be compared. */
  private firstRange(): Range | null {
    if (this.isColour()) return null;
    const { voiRange } = this.viewport.getProperties();
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
    const { signal } = this.closed;
    this.target.addEventListener(Enums.Events.IMAGE_RENDERED, () => {
      this.draw();
      this.onShown(this);
    });
    this.target.addEventListener('pointerdown', () => (this.dragging = true), true);
    window.addEventListener('pointerup', () => (this.dragging = false), { capture: true, signal });
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

  /** Take a preset; one without a window is the automatic one. */
  preset(preset: Preset): void {
    if (this.colour) this.colourRange = presetRange(preset) ?? this.colourRange;
    else this.range = this.rangeOf(preset) ?? this.automaticRange() ?? this.range;
    this.apply();
  }

  /** A preset as a range of this image's numbers: of PET it is in SUV, and of no use where that is not known. */
  private rangeOf(preset: Preset): Range | null {
    const range = presetRange(preset);
    if (!range || !this.image || !isPet(this.image)) return range;
    const meaning = meaningOfImage(this.image);
    return meaning && { lower: range.lower / meaning.factor, upper: range.upper / meaning.factor };
  }

  get look(): { range: Range | null; invert: boolean } {
    return { range: this.range, invert: this.invert };
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
  reset(presets: Preset[]): void {
    this.turn = { ...UPRIGHT };
    this.viewport.resetProperties();
    this.viewport.resetCamera();
    this.orient();
    this.restore(null);
    this.colourRange = null;
    this.start(presets);
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
  private aim(centre: [number, number], span: number): void {
    const grid = this.image ? gridOf(this.image) : null;
    const { focalPoint, position } = this.viewport.getCamera();
    if (!grid || !focalPoint || !position) return;
    const target = pixelToWorld(centre, grid);
    const now = pixelToWorld(worldToPixel(focalPoint, grid), grid);
    const move = (p: readonly number[]): Types.Point3 => [0, 1, 2].map((i) => (p[i] ?? 0) + (target[i] ?? 0) - (now[i] ?? 0)) as Types.Point3;
    this.viewport.setCamera({ focalPoint: move(focalPoint), position: move(position), parallelScale: span });
  }

  view(): View | null {
    if (!this.slot.series || this.stack.ids.length === 0) return null;
    const { focalPoint = [0, 0, 0], parallelScale = 1 } = this.viewport.getCamera();
    const grid = this.image ? gridOf(this.image) : null;
    if (!grid) return null;
    const { range, invert, wanted: index } = this;
    return { series: this.name, index, range, invert, turn: { ...this.turn }, centre: worldToPixel(focalPoint, grid), span: parallelScale };
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

  /** Say something for a few seconds. */
  flash(text: string): void {
    this.say(text);
    setTimeout(() => this.note.textContent === text && this.say(''), 4_000);
  }

  draw(): void {
    const { ids } = this.stack;
    if (ids.length === 0) return;
    this.figures.replaceChildren(
      el('b', { text: `${this.wanted + 1}/${ids.length}` }),
      el('span', { text: this.windowWords() }),
      el('span', { class: 'tag-second', text: this.stateWords() }),
      el('span', { class: 'tag-third', text: this.cautions() }),
    );
    const plane = this.image ? planeOf(this.image) : null;
    const names = plane ? edges(plane.row, plane.column, this.turn) : null;
    for (const [side, node] of Object.entries(this.sides)) {
      node.textContent = names ? names[side as keyof typeof names] : '';
    }
    this.drawMarks();
  }

  private windowWords(): string {
    if (this.colour) return ` · ${this.unitWords(this.colour.meaning?.unit, this.colourRange ?? { lower: 0, upper: 10 })}`;
    if (!this.range) return '';
    const meaning = this.image && isPet(this.image) ? meaningOfImage(this.image) : null;
    if (meaning) return ` · ${this.unitWords(meaning.unit, { lower: this.range.lower * meaning.factor, upper: this.range.upper * meaning.factor })}`;
    const { window, level } = windowLevel(this.range);
    return ` · W ${figure(window)} L ${figure(level)}`;
  }

  private unitWords(unit: string | undefined, { lower, upper }: Range): string {
    return `${unit ?? 'values'} ${figure(lower)} – ${figure(upper)}`;
  }

  private stateWords(): string {
    const { fps } = this.stack;
    const clip = fps ? `${Math.round(fps)} frames/s` : '';
    return [this.linked ? 'linked' : '', clip, this.invert ? 'inverted' : ''].filter(Boolean).join(' · ');
  }

  /** What a reader must know before measuring: no scale, a scale at the detector, no SUV, a missing slice. */
  private cautions(): string {
    if (!this.image) return '';
    const pet = this.colour ? !this.colour.meaning : isPet(this.image) && !meaningOfImage(this.image);
    return [SCALE_WORDS[scaleOf(this.image).sure], pet ? 'no SUV in this series' : '', this.warning].filter(Boolean).join(' · ');
  }

  close(): void {
    this.closed.abort();
    if (this.slot.series) engine().disableElement(this.id);
    this.element.remove();
  }
}

const middle = (stack: Stack): number => (stack.fps === null ? Math.floor((stack.ids.length - 1) / 2) : 0);

const figure = (n: number): string => (Math.abs(n) < 10 && !Number.isInteger(n) ? n.toFixed(2) : String(Math.round(n)));
