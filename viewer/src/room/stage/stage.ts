import type { CaseDocument, Measurement, Preset, ShapeKind } from '../types';
import { el, setAttribute } from '../ui/dom';
import { Cine } from './cine';
import { engine } from './engine';
import { forget, loadAhead } from './images';
import { allSeries, hang, linkedWith, neighbour, scrolled, type Layout } from './layout';
import { Measurements } from './measure';
import { Pane, type View } from './pane';
import { Tools, type Tool } from './tools';
import { presetRange } from './window';

/** How the images are being looked at: kept with the draft, shown again on resuming. */
export interface StageView {
  views: View[];
  active: number;
  magnified: boolean;
  linked: boolean;
  shown: string[];
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

const HINTS: Partial<Record<Tool, string>> = {
  zoom: 'Drag to zoom',
  pan: 'Drag to move',
  length: 'Length: drag on the image',
  angle: 'Angle: drag one leg, then click the end of the other',
  ellipse: 'Ellipse: drag from its centre',
  rectangle: 'Box: drag from corner to corner',
};

/** The images of a case: panes by the hanging, what moves them, what is drawn on them. */
export class Stage {
  readonly element = el('main', { class: 'stage', attrs: { 'aria-label': 'Images' } });
  readonly measurements: Measurements;
  private readonly layout: Layout;
  private panes: Pane[] = [];
  private tools: Tools | null = null;
  private active = 0;
  private magnified = false;
  private linked = true;
  private firstShown = false;
  private readonly inMemory = new Set<string>();
  private readonly stopped = new AbortController();
  private readonly cine = new Cine(() => this.nextFrame());

  constructor(
    private readonly doc: CaseDocument,
    private readonly parts: StageParts,
    private readonly resumed: StageView | null,
  ) {
    this.layout = hang(doc);
    this.measurements = new Measurements(doc.measurements, parts.onMeasured, parts.onMeasurementGone);
    this.build();
  }

  private build(): void {
    const known = new Map(allSeries(this.doc).map((s) => [s.series.id, s] as const));
    const many = this.doc.timepoints.length > 1;
    this.panes = this.layout.slots.map((slot, place) => {
      const shown = known.get(this.resumed?.shown[place] ?? '');
      if (shown) Object.assign(slot, shown);
      return new Pane(place, slot, many, (pane) => this.shown(pane));
    });
    this.element.style.setProperty('--rows', String(this.layout.rows));
    this.element.style.setProperty('--columns', String(this.layout.columns));
    for (const pane of this.panes) this.wire(pane);
    this.linked = this.resumed?.linked ?? true;
    this.magnified = this.resumed?.magnified ?? false;
    this.active = this.resumed?.active ?? neighbour(this.layout, -1, 1);
  }

  /** Show every pane, the active one first, then load the rest of the images. */
  async open(): Promise<void> {
    const views = new Map(this.resumed?.views.map((v) => [v.series, v]) ?? []);
    const order = [...this.panes].sort((a, b) => Number(b.place === this.active) - Number(a.place === this.active));
    const filled = order.filter((p) => p.slot.series);
    this.activate(this.active);
    await Promise.all(filled.map((p) => p.open(views.get(p.slot.series?.id ?? '') ?? null)));
    if (this.stopped.signal.aborted) return;
    this.tools = new Tools(filled.map((p) => p.id), engine().id);
    this.markLinks();
    new ResizeObserver(() => engine().resize(true, true)).observe(this.element);
    for (const pane of filled) await this.ahead(pane);
  }

  private async ahead(pane: Pane): Promise<void> {
    const { ids } = pane.stack;
    for (const id of ids) this.inMemory.add(id);
    const failed = await loadAhead(ids, pane.index, this.stopped.signal, (share) => pane.progress(share));
    if (failed.length > 0) pane.say(`${failed.length} of ${ids.length} images could not be loaded. Reload the page to try again.`);
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
  }

  private shown(pane: Pane): void {
    if (pane.image) this.measurements.redraw(pane.image, pane.element.querySelector<HTMLDivElement>('.pane-image') ?? pane.element);
    if (!this.firstShown) {
      this.firstShown = true;
      this.parts.onFirstImage();
    }
    this.parts.onView();
  }

  private get pane(): Pane | undefined {
    return this.panes[this.active];
  }

  activate(place: number): void {
    this.active = place;
    for (const p of this.panes) p.element.classList.toggle('active', p.place === place);
    this.element.classList.toggle('magnified', this.magnified);
    this.parts.onView();
  }

  /** Mark the panes of the time point that is being scored. */
  scoring(timepoint: string): void {
    for (const p of this.panes) p.element.classList.toggle('scoring', p.slot.series !== null && p.slot.timepoint === timepoint);
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
    if (this.linked) this.follow(moved);
    this.parts.onView();
  }

  private follow(moved: number): void {
    for (const place of linkedWith(this.layout, this.active)) {
      const other = this.panes[place];
      if (other && other.stack.ids.length > 0) void other.show(scrolled(other.index, moved, other.stack.ids.length));
    }
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
    this.markLinks();
    this.parts.announce(this.linked ? 'Same series scroll together' : 'Series scroll apart');
    this.parts.onView();
  }

  private markLinks(): void {
    for (const p of this.panes) {
      p.linked = this.linked && linkedWith(this.layout, p.place).length > 0;
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
    this.element.dataset['tool'] = tool;
    for (const p of this.panes) setAttribute(p.element, 'data-hint', HINTS[tool] ?? null);
    this.parts.onTool(tool);
  }

  preset(preset: Preset | undefined): void {
    if (preset) this.pane?.window(presetRange(preset));
    this.parts.onView();
  }

  /** Do something to the active pane. */
  act(what: 'invert' | 'rotate' | 'flip' | 'flip vertical' | 'fit' | 'reset' | 'closer' | 'further'): void {
    const { pane } = this;
    if (!pane || pane.stack.ids.length === 0) return;
    const acts: Record<typeof what, () => void> = {
      invert: () => pane.toggleInvert(),
      rotate: () => pane.rotate(),
      flip: () => pane.flip('flipHorizontal'),
      'flip vertical': () => pane.flip('flipVertical'),
      fit: () => pane.fit(),
      reset: () => pane.reset(),
      closer: () => pane.zoomBy(1.2),
      further: () => pane.zoomBy(1 / 1.2),
    };
    acts[what]();
    this.parts.onView();
  }

  /** Play or stop the clip in the active pane. */
  toggleCine(): void {
    const fps = this.pane?.stack.fps;
    if (this.cine.running) this.cine.stop();
    else if (fps) this.cine.start(fps);
    else this.parts.announce('This series is not a clip');
    this.element.classList.toggle('playing', this.cine.running);
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
    Object.assign(pane.slot, next);
    await pane.reopen();
    this.markLinks();
    await this.ahead(pane);
  }

  measuring(): ShapeKind | null {
    const tool = this.tools?.current;
    return tool === undefined || tool === 'window' || tool === 'zoom' || tool === 'pan' ? null : tool;
  }

  view(): StageView {
    return {
      views: this.panes.map((p) => p.view()).filter((v): v is View => v !== null),
      active: this.active,
      magnified: this.magnified,
      linked: this.linked,
      shown: this.panes.map((p) => p.slot.series?.id ?? ''),
    };
  }

  close(): void {
    this.stopped.abort();
    this.cine.stop();
    this.measurements.clear();
    for (const pane of this.panes) pane.close();
    forget([...this.inMemory]);
    this.element.remove();
  }
}
