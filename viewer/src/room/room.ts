import { isSigned, type ReadingApi, type SignReply } from './api';
import { compileForm } from './form/model';
import { missingKeys } from './form/keys';
import { FormPanel } from './form/panel';
import { FormState } from './form/state';
import { dispatch, type Commands } from './keys';
import { Ahead } from './ahead';
import { CaseRecord } from './record';
import { startEngine } from './stage/engine';
import { Stage } from './stage/stage';
import type { CaseDocument, Measurement, MeasureKind, Rendering, ShapeKind } from './types';
import { askClashes } from './ui/clash';
import { dialogOpen } from './ui/dialog';
import { el } from './ui/dom';
import { header } from './ui/header';
import { openHelp } from './ui/help';
import { openSign } from './ui/sign';
import { bannerElement, showStatus } from './ui/status';

const SHAPES_FOR: Record<MeasureKind, ShapeKind[]> = { length: ['length'], angle: ['angle'], mean: ['ellipse', 'rectangle'] };

export interface RoomParts {
  api: ReadingApi;
  doc: CaseDocument;
  onFirstImage(): void;
  /** The case is signed: on to the next, or to the end. */
  onSigned(next: string | null, ahead: Ahead): void;
  /** Another window signed it. */
  onSignedElsewhere(): void;
}

/** One case in the reading room: images, form, record, and what joins them. */
export class Room {
  readonly element = el('div', { class: 'room' });
  private readonly rendering: Rendering = startEngine();
  private readonly locked: boolean;
  private readonly record: CaseRecord;
  private readonly state: FormState;
  private readonly panel: FormPanel;
  private readonly stage: Stage;
  private readonly live = el('div', { class: 'visually-hidden', attrs: { 'aria-live': 'polite' } });
  private readonly banner = bannerElement();
  private readonly gone = new AbortController();
  private readonly ahead: Ahead;
  /** The answer that the next finished measurement fills. */
  private armed: string | null = null;

  constructor(private readonly parts: RoomParts) {
    const { doc } = parts;
    this.locked = isSigned(doc);
    const model = compileForm(doc.form, doc.timepoints.map((t) => t.label));
    this.record = new CaseRecord(doc, parts.api, this.rendering, {
      onStatus: (status) => showStatus(this.panel.status, this.banner, status),
      ask: (merged) => askClashes(merged, model),
      onSignedElsewhere: () => this.parts.onSignedElsewhere(),
      adopt: (draft) => this.state.replace(draft.answers),
    });
    this.state = new FormState(model, this.record.draft.answers, this.record.aside);
    this.panel = new FormPanel(model, {
      state: this.state,
      adjudication: doc.adjudication,
      locked: this.locked,
      sign: () => this.sign(),
      announce: (text) => this.announce(text),
      onMoved: () => this.moved(),
    });
    this.stage = this.makeStage({ ...doc, measurements: this.record.draft.measurements });
    this.ahead = new Ahead(parts.api);
    this.state.onChange(() => this.changed());
    const folded = el('button', { class: 'unfold', text: '‹', attrs: { type: 'button', 'aria-label': 'Show the form' }, on: { click: () => this.fold(false) } });
    this.element.append(header(doc, this.rendering, () => this.help()), this.banner, this.stage.element, this.panel.element, folded, this.live);
    showStatus(this.panel.status, this.banner, { state: this.record.dirty ? 'saving' : 'saved' });
  }

  private makeStage(doc: CaseDocument): Stage {
    return new Stage(doc, {
      onFirstImage: () => this.parts.onFirstImage(),
      onMeasured: (m, finished) => this.measured(m, finished),
      onMeasurementGone: (m) => this.measurementGone(m),
      onView: () => this.looked(),
      onTool: () => undefined,
      announce: (text) => this.announce(text),
    }, this.record.view?.stage ?? null);
  }

  /** Wire the page to this case and show it. */
  async open(): Promise<void> {
    const { signal } = this.gone;
    document.addEventListener('keydown', (e) => this.pressed(e), { signal });
    for (const kind of ['keydown', 'pointerdown', 'wheel', 'pointermove']) {
      document.addEventListener(kind, () => this.record.input(), { signal, passive: true, capture: true });
    }
    window.addEventListener('online', () => this.record.hurry(), { signal });
    window.addEventListener('pagehide', () => this.record.leave(), { signal });
    document.addEventListener('visibilitychange', () => this.record.leave(), { signal });
    this.fold(this.record.view?.folded ?? false);
    if (this.record.view?.key) this.panel.focusOn(this.record.view.key);
    else this.panel.focus();
    this.markTimepoint();
    this.record.start(this.locked);
    await this.stage.open();
    if (!this.locked) void this.ahead.fetch();
  }

  close(): void {
    this.gone.abort();
    this.record.stop();
    this.stage.close();
    this.element.remove();
  }

  private announce(text: string): void {
    this.live.textContent = text;
  }

  /** An answer or a measurement has changed. */
  private changed(): void {
    if (this.locked) return;
    this.record.change({ answers: this.state.answers, measurements: this.stage.measurements.all() }, this.state.setAside);
  }

  /** The look has changed: images, pane, field. */
  private looked(): void {
    if (!this.panel || !this.stage) return; // while the parts are being made
    this.markTimepoint();
    this.record.look(() => ({ stage: this.stage.view(), key: this.panel.current?.key ?? '', folded: this.element.classList.contains('folded') }));
  }

  /** The keyboard is in another field, or the form at another time point. */
  private moved(): void {
    if (!this.panel || !this.stage) return;
    this.record.place(this.panel.current?.key ?? '');
    this.looked();
  }

  private markTimepoint(): void {
    this.element.dataset['timepoint'] = this.panel.timepoint;
    this.stage.scoring(this.panel.timepoint);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || dialogOpen()) return;
    const target = event.target as HTMLElement;
    const typing = target.closest('input, textarea, select') !== null;
    const button = target.closest('button') !== null && (event.key === 'Enter' || event.key === ' ');
    if (button && !event.ctrlKey) return;
    const place = typing ? 'typing' : this.panel.element.contains(target) ? 'form' : 'images';
    if (dispatch(event, place, this.commands)) event.preventDefault();
  }

  private readonly commands: Commands = {
    scroll: (by) => this.stage.scroll(by),
    end: (which) => this.stage.scrollTo(which),
    neighbour: (direction) => this.stage.step(direction),
    preset: (n) => this.stage.preset(this.parts.doc.presets[n - 1]),
    tool: (tool) => this.choose(tool),
    act: (what) => this.stage.act(what),
    link: () => this.stage.toggleLink(),
    cine: () => this.stage.toggleCine(),
    magnify: () => this.stage.magnify(),
    nextSeries: () => void this.stage.cycleSeries(),
    removeMeasurement: () => this.removeMeasurement(),
    useMeasurement: () => this.useMeasurement(),
    nextTimepoint: () => this.panel.nextTimepoint(),
    between: () => this.between(),
    collapse: () => this.fold(!this.element.classList.contains('folded')),
    sign: () => this.sign(),
    help: () => this.help(),
  };

  /** Take a tool in hand; from a field that is measured with it, what is drawn fills that field. */
  private choose(tool: Parameters<Commands['tool']>[0]): void {
    const field = this.panel.current;
    const inForm = this.panel.element.contains(document.activeElement);
    const kinds = field?.spec.measure && inForm ? SHAPES_FOR[field.spec.measure] : [];
    this.armed = kinds.includes(tool as ShapeKind) ? (field?.key ?? null) : null;
    this.stage.choose(tool);
    if (this.armed) this.announce(`Draw on the image: the result goes to ${field?.label}`);
  }

  private measured(m: Measurement, finished: boolean): void {
    if (this.locked) return;
    const key = finished ? this.armed : m.item;
    if (finished) {
      this.stage.choose('window');
      this.armed = null;
    }
    if (key) this.fill(key, m, finished);
    this.changed();
  }

  private fill(key: string, m: Measurement, focus: boolean): void {
    const field = this.panel.fieldOf(key);
    if (!field) return;
    this.stage.measurements.bind(m.id, key);
    this.panel.measured(field, m.value, focus);
  }

  private useMeasurement(): void {
    const field = this.panel.current;
    const m = this.stage.measurements.current();
    const kinds = field?.spec.measure ? SHAPES_FOR[field.spec.measure] : [];
    if (!field || !m || !kinds.includes(m.kind)) return this.announce('There is no measurement of the right kind for this field');
    this.fill(field.key, m, true);
    this.changed();
  }

  private removeMeasurement(): void {
    const m = this.stage.measurements.current();
    if (m && !this.locked) this.stage.measurements.remove(m.id);
  }

  private measurementGone(m: Measurement): void {
    if (m.item) this.state.set(m.item, undefined);
    this.announce('Measurement removed');
    this.changed();
  }

  private between(): void {
    if (this.panel.element.contains(document.activeElement)) this.stage.focus();
    else this.panel.focus();
  }

  private fold(folded: boolean): void {
    this.element.classList.toggle('folded', folded);
    if (folded) this.stage.focus();
    else this.panel.focus();
    this.looked();
  }

  private help(): void {
    const { missing } = this.parts.doc.form;
    openHelp([...missingKeys(missing)].map(([key, code]) => [key, missing[code] ?? code]), this.parts.doc.presets.map((p) => p.name));
  }

  private sign(): void {
    if (this.locked) return;
    this.panel.clearFindings();
    openSign({
      state: this.state,
      measurements: this.stage.measurements.all().length,
      seconds: this.record.activeSeconds,
      sign: (password) => this.record.sign(password),
      goTo: (key) => this.panel.focusOn(key),
      done: (reply) => this.signed(reply),
    });
  }

  private signed(reply: SignReply & { kind: 'signed' | 'findings' }): void {
    if (reply.kind === 'findings') this.panel.showFindings(reply.findings);
    else this.parts.onSigned(reply.next, this.ahead);
  }
}
