import type { CaseDocument, HungLayout, Linking, Measurement } from '../types';
import { el, setAttribute } from '../ui/dom';
import { Cine } from './cine';
import { engine } from './engine';
import { anchored, apart, matching, through, together, type Anchors } from './follow';
import { pixelOf, pointOn, type Vector } from './geometry';
import { addressOf, forget, loadAhead } from './images';
import { allSeries, hang, hangBy, linkedWith, neighbour, scrolled, type Layout } from './layout';
import { lies, lineOn } from './marks';
import { Measurements, partsOf } from './measure';
import { Pane, type View } from './pane';
import { Pointing } from './pointing';
import { forgetCuts, isCut } from './reslice';
import { partsAsStored, type Shape } from './shapes';
import { HINTS, Tools, type Tool } from './tools';

/** How the images are being looked at: kept with the draft, shown again on resuming. */
export interface StageView {
  views: View[];
  active: number;
  magnified: boolean;
  linked: boolean;
  shown: string[];
  /** The plan's layout, or blank for the plain one. */
  layout?: string;
}

export interface StageParts {
  onFirstImage(): void;
  onMeasured(measurement: Measurement, finished: boolean): void;
  onMeasurementGone(measurement: Measurement): void;
  /** Something about the look has changed. */
  onView(): void;
  onTool(tool: Tool): void;
  announce(text: string): void;
}

export type Act = 'invert' | 'rotate' | 'flip' | 'flip vertical' | 'fit' | 'reset' | 'closer' | 'further';

/** What keys ask of images in another window. */
export const DONE_ELSEWHERE = [
  'scroll', 'scrollTo', 'step', 'toggleLink', 'magnify', 'choose', 'preset', 'act', 'fade', 'pace', 'toggleLoupe', 'toggleMarks', 'moveCross',
  'toggleCine', 'hang', 'cycleSeries', 'scoring', 'bind', 'remove',
] as const;

/** What the room asks of its images, here or in a second window. */
export type Images = Pick<Stage, 'element' | 'open' | 'close' | 'view' | 'focus' | 'all' | 'current' | 'partsOf' | 'presetNames' | (typeof DONE_ELSEWHERE)[number]>;

/** The images of a case: panes by the hanging, what moves them, what is drawn on them. */
export class Stage {
  readonly element = el('main', { class: 'stage', attrs: { 'aria-label': 'Images' } });
  private readonly measurements: Measurements;
  private layout: Layout;
  private hung = 0;
  private panes: Pane[] = [];
  private tools: Tools | null = null;
  private active = 0;
  private magnified = false;
  private linked: boolean;
  private lines = true;
  private cross: { point: Vector; frame: string | null } | null = null;
  private crossed = false;
  private anchors: Anchors = new Map();
  private firstShown = false;
  private scored: string;
  private readonly views = new Map<string, View>();
  private readonly inMemory = new Set<string>();
  private readonly stopped = new AbortController();
  private readonly cine = new Cine(() => this.nextFrame());
  private readonly resizing = new ResizeObserver(() => engine().resize(true, true));
  private remarking = false;
  private rate = 1;
  private readonly pointing = new Pointing({
    tool: () => this.tools?.current ?? 'window',
    cross: (point, pane) => this.pointAt(point, pane),
    drawn: (m) => this.measurements.put(m),
    points: (image) => this.measurements.freehandOn(image).find((m) => m.kind === 'points'),
    drawing: () => this.remark(),
    refuse: (text) => this.refuse(text),
  });

  constructor(
    private readonly doc: CaseDocument,
    private readonly parts: StageParts,
    private readonly resumed: StageView | null,
  ) {
    this.scored = doc.timepoints[0]?.label ?? '';
    this.linked = resumed?.linked ?? this.linking !== 'off';
    this.hung = Math.max(0, this.layouts.findIndex((l) => l.id === resumed?.layout));
    for (const view of resumed?.views ?? []) this.views.set(view.series, view);
    this.layout = this.lay();
    this.measurements = new Measurements(doc.measurements, parts.onMeasured, parts.onMeasurementGone, () => this.refuse('Measure on the images as they were acquired: this plane was cut by the program'));
    this.build(resumed?.shown ?? []);
    this.active = resumed?.active ?? neighbour(this.layout, -1, 1);
    this.magnified = resumed?.magnified ?? false;
    const start = this.layouts[this.hung];
    this.lines = start?.lines ?? true;
    this.crossed = start?.crosshair ?? false;
  }

  /** The layouts of the plan; none where it has no hanging protocol. */
  get layouts(): HungLayout[] {
    return this.doc.hang?.layouts ?? [];
  }

  private get linking(): Linking {
    return this.doc.hang?.link ?? 'same series';
  }

  private lay(): Layout {
    const layout = this.layouts[this.hung];
    return layout ? hangBy(this.doc, layout, this.scored) : hang(this.doc);
  }

  private build(shown: string[]): void {
    const known = new Map(allSeries(this.doc).map((s) => [s.series.id, s] as const));
    const many = this.doc.timepoints.length > 1;
    this.panes = this.layout.slots.map((slot, place) => {
      const before = slot.under || slot.plane !== 'acquired' ? undefined : known.get(shown[place] ?? '');
      if (before) Object.assign(slot, before);
      return new Pane(place, slot, many, (pane) => this.shown(pane));
    });
    this.element.style.setProperty('--rows', String(this.layout.rows));
    this.element.style.setProperty('--columns', String(this.layout.columns));
    for (const pane of this.panes) this.wire(pane);
  }

  /** Show every pane, the active one first, then load the rest of the images. */
  async open(): Promise<void> {
    this.resizing.observe(this.element);
    await this.fill();
    const start = this.layouts[this.hung];
    if (start && !this.resumed) this.choose(start.tool);
    if (start?.cine && this.pane?.stack.fps) this.toggleCine();
  }

  private async fill(): Promise<void> {
    const filled = [...this.panes].sort((a, b) => Number(b.place === this.active) - Number(a.place === this.active)).filter((p) => p.slot.series);
    const { panes } = this;
    this.activate(this.active);
    await Promise.all(filled.map((p) => p.open(this.views.get(p.name) ?? null, this.doc.presets)));
    if (this.stopped.signal.aborted || panes !== this.panes) return;
    this.tools = new Tools(filled.map((p) => p.id), engine().id, this.tools?.current);
    this.anchors = anchored(this.panes);
    this.markLinks();
    this.remark();
    for (const pane of filled) if (panes === this.panes) await this.ahead(pane);
  }

  private async ahead(pane: Pane): Promise<void> {
    const { needs } = pane;
    for (const id of needs) this.inMemory.add(id);
    const failed = await loadAhead(needs, Math.min(pane.index, needs.length - 1), this.stopped.signal, (share) => pane.progress(share));
    if (failed.length > 0) pane.say(`${failed.length} of ${needs.length} images could not be loaded. Reload the page to try again.`);
  }

  private wire(pane: Pane): void {
    this.element.append(pane.element);
    pane.element.addEventListener('pointerdown', () => {
      this.activate(pane.place);
      pane.element.focus({ preventScroll: true });
    }, true);
    pane.element.addEventListener('focus', () => this.activate(pane.place));
    pane.element.addEventListener('contextmenu', (e) => e.preventDefault());
    pane.element.addEventListener('dblclick', () => this.magnify());
    pane.element.addEventListener('wheel', (e) => {
      e.preventDefault();
      this.activate(pane.place);
      this.scroll(Math.sign(e.deltaY));
    }, { passive: false });
    this.pointing.wire(pane);
  }

  private shown(pane: Pane): void {
    if (pane.image) this.measurements.redraw(pane.image, pane.element.querySelector<HTMLDivElement>('.pane-image') ?? pane.element);
    if (!this.firstShown) {
      this.firstShown = true;
      this.parts.onFirstImage();
    }
    this.remark();
    this.parts.onView();
  }

  private refuse(text: string): void {
    this.pane?.flash(text);
    this.parts.announce(text);
  }

  private get pane(): Pane | undefined {
    return this.panes[this.active];
  }

  activate(place: number): void {
    this.active = place;
    for (const p of this.panes) p.element.classList.toggle('active', p.place === place);
    this.element.classList.toggle('magnified', this.magnified);
    this.remark();
    this.parts.onView();
  }

  /** The time point that is being scored: its panes are marked, and layouts that move with it are filled anew. */
  scoring(timepoint: string): void {
    if (timepoint !== this.scored && this.layouts.length > 0) {
      this.scored = timepoint;
      const next = this.lay();
      if (JSON.stringify(next.slots) !== JSON.stringify(this.layout.slots)) void this.hangAnew(next, this.active);
    }
    this.scored = timepoint;
    for (const p of this.panes) p.element.classList.toggle('scoring', p.slot.series !== null && p.slot.timepoint === timepoint);
  }

  /** Change to a layout of the plan, by its place from 0. */
  async hang(number: number): Promise<void> {
    const layout = this.layouts[number];
    if (!layout) return this.parts.announce(this.layouts.length > 0 ? `There are ${this.layouts.length} layouts` : 'This study has no other layouts');
    this.hung = number;
    this.magnified = false;
    [this.lines, this.crossed, this.cross] = [layout.lines, layout.crosshair, null];
    this.parts.announce(`Layout: ${layout.name}`);
    await this.hangAnew(this.lay(), 0);
    this.choose(layout.tool);
  }

  private async hangAnew(layout: Layout, active: number): Promise<void> {
    const inImages = this.element.contains(document.activeElement);
    this.keepViews();
    for (const view of this.views.values()) view.span = 0; // panes of another size: fit
    this.cine.stop();
    for (const pane of this.panes) pane.close();
    this.layout = layout;
    this.active = layout.slots[active]?.series ? active : neighbour(layout, -1, 1);
    this.build([]);
    if (inImages) this.focus();
    this.parts.onView();
    await this.fill();
    this.scoring(this.scored);
  }

  private keepViews(): void {
    for (const pane of this.panes) {
      const view = pane.view();
      if (view) this.views.set(view.series, view);
    }
  }

  focus(): void {
    this.pane?.element.focus();
  }

  /** Move the active pane, and with it those that are linked. */
  scroll(delta: number, round = false): void {
    const { pane } = this;
    if (!pane || pane.stack.ids.length === 0) return;
    const moved = scrolled(pane.index, delta, pane.stack.ids.length, round) - pane.index;
    if (moved === 0) return;
    void pane.show(pane.index + moved);
    this.follow(moved);
    this.parts.onView();
  }

  private follow(moved: number): void {
    const { pane } = this;
    if (!this.linked || !pane) return;
    for (const other of this.linkedPanes(this.active)) void other.show(matching(pane, other, moved, this.anchors));
  }

  private linkedPanes(place: number): Pane[] {
    const own = this.panes[place];
    const link = this.linking === 'off' ? 'same series' : this.linking; // L links what the plan leaves apart
    return linkedWith(this.layout, place, link).flatMap((i) => {
      const other = this.panes[i];
      return own && other && other.stack.ids.length > 0 && together(own, other) ? [other] : [];
    });
  }

  scrollTo(end: 'first' | 'last'): void {
    const count = this.pane?.stack.ids.length ?? 0;
    this.scroll(end === 'first' ? -count : count);
  }

  step(direction: 1 | -1): void {
    this.activate(neighbour(this.layout, this.active, direction));
    this.focus();
  }

  toggleLink(): void {
    this.linked = !this.linked;
    this.anchors = anchored(this.panes);
    this.markLinks();
    this.parts.announce(this.linked ? 'Series scroll together' : 'Series scroll apart');
    this.parts.onView();
  }

  private markLinks(): void {
    for (const p of this.panes) {
      p.linked = this.linked && this.linkedPanes(p.place).length > 0;
      p.draw();
    }
  }

  magnify(): void {
    this.magnified = !this.magnified;
    this.activate(this.active);
    engine().resize(true, true);
  }

  choose(tool: Tool): void {
    this.tools?.choose(tool);
    if (tool === 'crosshair') this.crossed = true;
    this.element.dataset['tool'] = tool;
    for (const p of this.panes) setAttribute(p.element, 'data-hint', HINTS[tool] ?? null);
    this.remark();
    this.parts.onTool(tool);
  }

  /** The windows that the active pane may take: those for its series. */
  private presetsHere(): CaseDocument['presets'] {
    const role = this.pane?.slot.series?.role;
    return this.doc.presets.filter((p) => !p.series?.length || (role !== undefined && p.series.includes(role)));
  }

  preset(number: number): void {
    const preset = this.presetsHere()[number - 1];
    if (preset && this.pane && this.pane.stack.ids.length > 0) this.pane.preset(preset);
    this.parts.onView();
  }

  /** Do something to the active pane. */
  act(what: Act): void {
    const { pane } = this;
    if (!pane || pane.stack.ids.length === 0) return;
    const acts: Record<Act, () => void> = {
      invert: () => pane.toggleInvert(),
      rotate: () => pane.rotate(),
      flip: () => pane.flip('flipHorizontal'),
      'flip vertical': () => pane.flip('flipVertical'),
      fit: () => pane.fit(),
      reset: () => pane.reset(this.doc.presets),
      closer: () => pane.zoomBy(1.2),
      further: () => pane.zoomBy(1 / 1.2),
    };
    acts[what]();
    this.parts.onView();
  }

  /** More or less of the colour that lies over the images. */
  fade(by: number): void {
    const faded = this.panes.filter((p) => p.fade(by));
    if (faded.length === 0) this.parts.announce('No colour lies over these images');
  }

  toggleLoupe(): void {
    this.parts.announce(this.pointing.toggleLoupe() ? 'Magnifier: move the mouse over the image' : 'Magnifier off');
  }

  // Crosshair and lines

  /** Show or hide the crosshair and the lines of the active slice. */
  toggleMarks(): void {
    this.lines = this.crossed = !(this.lines || this.crossed);
    this.parts.announce(this.lines ? 'Crosshair and lines on' : 'Crosshair and lines off');
    this.remark();
  }

  /** Move the crosshair of the active pane by pixels of its image. */
  moveCross(right: number, down: number): void {
    const sheet = this.pane?.sheet;
    if (!sheet || !this.pane) return this.refuse('These images do not say where they lie in the patient, so that there is no crosshair');
    this.crossed = true;
    const [x, y] = this.cross && this.cross.frame === sheet.frameOfReference ? pixelOf(sheet, this.cross.point) : [sheet.columns / 2, sheet.rows / 2];
    this.pointAt(pointOn(sheet, [x + right, y + down]), this.pane);
  }

  private pointAt(point: Vector, pane: Pane): void {
    const frame = pane.sheet?.frameOfReference ?? null;
    this.cross = { point, frame };
    for (const other of this.panes) {
      const index = other === pane || other.stack.ids.length === 0 ? null : through(other, point, frame);
      if (index !== null && index !== other.index) void other.show(index);
    }
    this.remark();
    this.parts.onView();
  }

  /** Draw lines, cross and shapes again, once a frame. */
  private remark(): void {
    if (this.remarking) return;
    this.remarking = true;
    requestAnimationFrame(() => {
      this.remarking = false;
      if (!this.stopped.signal.aborted) for (const pane of this.panes) this.markPane(pane);
    });
  }

  private markPane(pane: Pane): void {
    const { sheet, image } = pane;
    if (!image || pane.stack.ids.length === 0) return;
    const lines = this.lines && pane !== this.pane ? lineOn(sheet, this.pane?.sheet ?? null) : [];
    const here = this.crossed && this.cross && sheet && sheet.frameOfReference === this.cross.frame && lies(this.cross.point, sheet, apart(pane));
    pane.mark({ lines, cross: here && this.cross ? this.cross.point : null, shapes: this.pointing.shapesOn(image, this.measurements) });
  }

  // Clips

  /** Play or stop the clip in the active pane. */
  toggleCine(): void {
    const fps = this.pane?.stack.fps;
    if (this.cine.running) this.cine.stop();
    else if (fps) this.cine.start(fps * this.rate);
    else this.parts.announce('This series is not a clip');
    this.element.classList.toggle('playing', this.cine.running);
  }

  /** Play faster or slower. */
  pace(by: number): void {
    this.rate = Math.min(4, Math.max(0.125, this.rate * by));
    const fps = this.pane?.stack.fps;
    if (this.cine.running && fps) this.cine.start(fps * this.rate);
    this.parts.announce(`Clips play at ${this.rate} times their speed`);
  }

  private async nextFrame(): Promise<void> {
    const { pane } = this;
    if (!pane?.stack.fps) return;
    await pane.show(scrolled(pane.index, 1, pane.stack.ids.length, true));
  }

  /** Show another series of the case in the active pane. */
  async cycleSeries(): Promise<void> {
    const { pane } = this;
    const every = allSeries(this.doc);
    if (!pane?.slot.series || every.length < 2) return;
    const at = every.findIndex((s) => s.series.id === pane.slot.series?.id);
    const next = every[(at + 1) % every.length];
    if (!next) return;
    Object.assign(pane.slot, next, { plane: 'acquired', under: null, preset: null, inverted: false });
    await pane.reopen(this.doc.presets);
    this.anchors = anchored(this.panes);
    this.markLinks();
    await this.ahead(pane);
  }

  // Measurements

  all(): Measurement[] {
    return this.measurements.all();
  }

  current(): Measurement | undefined {
    return this.measurements.current();
  }

  bind(id: string, items: string[]): void {
    this.measurements.bind(id, items);
  }

  remove(id: string): void {
    this.measurements.remove(id);
    this.remark();
  }

  /** Everything that a measurement gives. */
  partsOf(m: Measurement): Shape {
    const image = this.panes.flatMap((p) => p.stack.ids).find((id) => !isCut(id) && addressOf(id) === m.image);
    const shape = image ? partsOf(m, image) : null;
    return shape ?? { value: m.value, unit: m.unit, stats: m.stats, parts: partsAsStored(m) };
  }

  presetNames(): string[] {
    return this.presetsHere().map((p) => p.name);
  }

  view(): StageView {
    this.keepViews();
    return {
      views: [...this.views.values()],
      active: this.active,
      magnified: this.magnified,
      linked: this.linked,
      shown: this.panes.map((p) => p.slot.series?.id ?? ''),
      layout: this.layouts[this.hung]?.id ?? '',
    };
  }

  close(): void {
    this.stopped.abort();
    this.resizing.disconnect();
    this.cine.stop();
    this.measurements.clear();
    for (const pane of this.panes) pane.close();
    forgetCuts();
    forget([...this.inMemory]);
    this.element.remove();
  }
}
