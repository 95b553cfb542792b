import { isSigned, type LockReply, type ReadingApi, type SignReply } from './api';
import { Ahead } from './ahead';
import { DEFAULT_RULE, describeDisplay, lastCheck, screenFacts, type DisplayRecord } from './display';
import { Choice } from './form/choice';
import { missingKeys } from './form/keys';
import { compileForm } from './form/model';
import { FormPanel } from './form/panel';
import { formLabels, locksNext, opens } from './form/staged';
import { FormState } from './form/state';
import { dispatch, type Commands } from './keys';
import { CaseRecord } from './record';
import { Elsewhere, type SecondWindow } from './second/elsewhere';
import type { PressedKey } from './second/link';
import { startEngine } from './stage/engine';
import { answerFor, SHAPES_FOR } from './stage/shapes';
import { Stage, type Images, type StageParts } from './stage/stage';
import type { CaseDocument, Draft, Measurement, Rendering, ShapeKind } from './types';
import { askClashes } from './ui/clash';
import { dialogOpen } from './ui/dialog';
import { openDisplay } from './ui/display';
import { el } from './ui/dom';
import { activeWords, drawDisplay, header, stageWords } from './ui/header';
import { openHelp } from './ui/help';
import { openReport } from './ui/report';
import { openLock, openSign } from './ui/sign';
import { bannerElement, showStatus } from './ui/status';

export interface RoomParts {
  api: ReadingApi;
  doc: CaseDocument;
  second: SecondWindow;
  onFirstImage(): void;
  /** The case is signed: on to the next, or to the end. */
  onSigned(next: string | null, ahead: Ahead): void;
  /** A stage is locked: the same case again, with what may be seen now. */
  onLocked(): void;
  /** Another window signed it. */
  onSignedElsewhere(): void;
}

const AXES = ['long_axis', 'short_axis'];

/** One case in the reading room: images, form, record, and what joins them. */
export class Room {
  readonly element = el('div', { class: 'room' });
  private readonly rendering: Rendering = startEngine();
  private readonly locked: boolean;
  private readonly record: CaseRecord;
  private readonly state: FormState;
  private readonly choice: Choice | null;
  private readonly panel: FormPanel;
  private images: Images;
  private readonly live = el('div', { class: 'visually-hidden', attrs: { 'aria-live': 'polite' } });
  private readonly banner = bannerElement();
  private readonly shortOf = el('button', { class: 'tag amber', attrs: { type: 'button' }, on: { click: () => this.showDisplay() } });
  private readonly active = el('span', { class: 'active' });
  private readonly gone = new AbortController();
  private readonly ahead: Ahead;
  /** The answer that the next finished measurement fills. */
  private armed: string | null = null;

  constructor(private readonly parts: RoomParts) {
    const { doc } = parts;
    this.locked = isSigned(doc);
    const model = compileForm(doc.form, formLabels(doc), doc.prefixed ?? doc.timepoints.length > 1);
    this.record = new CaseRecord(doc, parts.api, () => this.display(), {
      onStatus: (status) => showStatus(this.panel.status, this.banner, status),
      ask: (merged) => askClashes(merged, model),
      onSignedElsewhere: () => this.parts.onSignedElsewhere(),
      adopt: (draft) => this.adopt(draft),
    });
    const chooses = doc.adjudication?.how === 'choose';
    this.state = new FormState(model, chooses ? {} : this.record.draft.answers, this.record.aside, opens(doc));
    this.choice = chooses ? this.makeChoice() : null;
    this.panel = new FormPanel(model, {
      state: this.state,
      adjudication: doc.adjudication,
      locked: this.locked || chooses,
      sign: () => this.sign(),
      signing: this.signing(),
      choice: this.choice,
      prior: doc.prior ?? [],
      announce: (text) => this.announce(text),
      onMoved: () => this.moved(),
    });
    this.images = this.makeImages({ ...doc, measurements: this.record.draft.measurements });
    this.ahead = new Ahead(parts.api);
    this.state.onChange(() => this.changed());
    const folded = el('button', { class: 'unfold', text: '‹', attrs: { type: 'button', 'aria-label': 'Show the form' }, on: { click: () => this.fold(false) } });
    drawDisplay(this.shortOf, this.display());
    this.element.append(header(doc, this.shortOf, this.active, () => this.help()), this.banner, this.images.element, this.panel.element, folded, this.live);
    showStatus(this.panel.status, this.banner, { state: this.record.dirty ? 'saving' : 'saved' });
  }

  private signing(): { button: string; after: string; enabled: boolean } {
    if (this.locked) return { button: 'Sign and next case', after: 'This case is signed. A correction is a new version with a reason.', enabled: false };
    if (locksNext(this.parts.doc)) return { button: 'Lock and next step', after: 'Locked answers stay as they are. You sign all steps together at the end.', enabled: true };
    return { button: 'Sign and next case', after: 'Signed is final: a correction is a new version with a reason.', enabled: true };
  }

  private makeChoice(): Choice | null {
    const view = this.parts.doc.adjudication;
    const { answers } = this.record.draft;
    const said = { choice: String(answers['choice'] ?? view?.choice ?? ''), reason: String(answers['reason'] ?? view?.reason ?? '') };
    return view && new Choice(view, said, this.locked, () => this.changed());
  }

  private adopt(draft: Draft): void {
    if (this.choice) this.choice.replace(draft.answers);
    else this.state.replace(draft.answers);
  }

  private makeImages(doc: CaseDocument): Images {
    const parts: StageParts = {
      onFirstImage: () => this.parts.onFirstImage(),
      onMeasured: (m, finished) => this.measured(m, finished),
      onMeasurementGone: (m) => this.measurementGone(m),
      onView: () => this.looked(),
      onTool: () => undefined,
      announce: (text) => this.announce(text),
    };
    const view = this.record.view?.stage ?? null;
    if (!this.parts.second.open) return new Stage(doc, parts, view);
    const more = { onKey: (key: PressedKey) => this.pressedThere(key), onInput: () => this.record.input(), onClosed: () => void this.oneScreen() };
    return new Elsewhere(doc, location.pathname, { ...parts, ...more }, view, () => void this.oneScreen());
  }

  /** Wire the page to this case and show it. */
  async open(): Promise<void> {
    const { signal } = this.gone;
    document.addEventListener('keydown', (e) => this.pressed(e), { signal });
    for (const kind of ['keydown', 'pointerdown', 'wheel', 'pointermove']) {
      document.addEventListener(kind, () => this.record.input(), { signal, passive: true, capture: true });
    }
    window.addEventListener('online', () => this.record.hurry(), { signal });
    window.addEventListener('pagehide', () => this.leave(), { signal });
    document.addEventListener('visibilitychange', () => this.record.leave(), { signal });
    this.fold(this.record.view?.folded ?? false);
    if (this.record.view?.key) this.panel.focusOn(this.record.view.key);
    else this.panel.focus();
    this.markTimepoint();
    this.record.start(this.locked);
    this.tick();
    const ticking = setInterval(() => this.tick(), 5_000);
    signal.addEventListener('abort', () => clearInterval(ticking));
    await this.images.open();
    if (!this.locked) void this.ahead.fetch();
  }

  private tick(): void {
    this.active.textContent = this.locked ? '' : activeWords(this.record.activeSeconds, this.record.away);
  }

  private leave(): void {
    this.record.leave();
    if (this.images instanceof Elsewhere) this.images.bye();
  }

  close(): void {
    this.gone.abort();
    this.record.stop();
    this.images.close();
    this.element.remove();
  }

  private announce(text: string): void {
    this.live.textContent = text;
  }

  /** An answer or a measurement has changed. */
  private changed(): void {
    if (this.locked) return;
    const answers = this.choice ? this.choice.answers : this.state.answers;
    this.record.change({ answers, measurements: this.images.all() }, this.state.setAside);
  }

  /** The look has changed: images, pane, field. */
  private looked(): void {
    if (!this.panel || !this.images) return; // while the parts are being made
    this.markTimepoint();
    this.record.look(() => ({ stage: this.images.view(), key: this.panel.current?.key ?? '', folded: this.element.classList.contains('folded') }));
  }

  /** The keyboard is in another field, or the form at another time point. */
  private moved(): void {
    if (!this.panel || !this.images) return;
    this.record.place(this.panel.current?.key ?? '');
    this.looked();
  }

  private markTimepoint(): void {
    this.element.dataset['timepoint'] = this.panel.timepoint;
    this.images.scoring(this.panel.timepoint);
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

  /** A key that was pressed in the window with the images: it scores here, unless it is one for images. */
  private pressedThere(key: PressedKey): void {
    if (dialogOpen()) return;
    this.record.input();
    const event = new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true });
    const target = this.panel.element.contains(document.activeElement) ? document.activeElement : this.images.element;
    target?.dispatchEvent(event);
  }

  private readonly commands: Commands = {
    scroll: (by) => this.images.scroll(by),
    end: (which) => this.images.scrollTo(which),
    neighbour: (direction) => this.images.step(direction),
    preset: (n) => this.images.preset(n),
    layout: (n) => void this.images.hang(n - 1),
    tool: (tool) => this.choose(tool),
    act: (what) => this.images.act(what),
    link: () => this.images.toggleLink(),
    cine: () => this.images.toggleCine(),
    pace: (by) => this.images.pace(by),
    fade: (by) => this.images.fade(by),
    loupe: () => this.images.toggleLoupe(),
    marks: () => this.images.toggleMarks(),
    moveCross: (right, down) => this.images.moveCross(right, down),
    magnify: () => this.images.magnify(),
    nextSeries: () => void this.images.cycleSeries(),
    removeMeasurement: () => this.removeMeasurement(),
    useMeasurement: () => this.useMeasurement(),
    allNormal: () => this.panel.allNormal(),
    nextTimepoint: () => this.panel.nextTimepoint(),
    between: () => this.between(),
    collapse: () => this.fold(!this.element.classList.contains('folded')),
    twoScreens: () => void this.twoScreens(),
    display: () => this.showDisplay(),
    report: () => openReport(this.parts.doc, (kind, label, text) => this.parts.api.report(kind, label, text), (text) => this.announce(text)),
    sign: () => this.sign(),
    help: () => this.help(),
  };

  // Measuring

  /** Take a tool in hand; from a field that is measured with it, what is drawn fills that field. */
  private choose(tool: Parameters<Commands['tool']>[0]): void {
    const field = this.panel.current;
    const inForm = this.panel.element.contains(document.activeElement);
    const kinds = field?.spec.measure && inForm ? SHAPES_FOR[field.spec.measure] : [];
    this.armed = kinds.includes(tool as ShapeKind) ? (field?.key ?? null) : null;
    this.images.choose(tool);
    if (this.armed) this.announce(`Draw on the image: the result goes to ${field?.label}`);
  }

  private measured(m: Measurement, finished: boolean): void {
    if (this.locked) return;
    const key = (finished ? this.armed : null) ?? m.item;
    if (finished && m.kind !== 'points') {
      this.images.choose('window');
      this.armed = null;
    }
    if (key) this.fill(key, m, finished && m.kind !== 'points');
    this.changed();
  }

  private fill(key: string, m: Measurement, focus: boolean): void {
    const field = this.panel.fieldOf(key);
    if (!field?.spec.measure) return;
    const shape = this.images.partsOf(m);
    const keys = [key, ...this.otherAxis(key, m)];
    for (const each of keys) {
      const spec = this.panel.fieldOf(each)?.spec;
      const value = spec?.measure ? answerFor(shape, spec.measure, spec.unit, spec.measure_factor) : null;
      const target = this.panel.fieldOf(each);
      if (value === null || !target) return this.panel.tell(`${field.label} is asked in ${spec?.unit ?? 'another unit'}, and this image has no scale for it: type it yourself, or say why it is missing`);
      this.panel.measured(target, value, focus && each === key);
    }
    this.images.bind(m.id, keys);
  }

  /** The cell for the other axis of a lesion in the same row, which the same measurement fills. */
  private otherAxis(key: string, m: Measurement): string[] {
    const own = this.panel.fieldOf(key);
    if (m.kind !== 'bidirectional' || !own?.grid || !AXES.includes(own.spec.measure ?? '')) return [];
    const { block, row } = own.grid;
    return [...this.state.model.fields.values()]
      .filter((f) => f.grid?.block === block && f.grid.row === row && f.section === own.section && f !== own && AXES.includes(f.spec.measure ?? ''))
      .map((f) => f.key);
  }

  private useMeasurement(): void {
    const field = this.panel.current;
    const m = this.images.current();
    const kinds = field?.spec.measure ? SHAPES_FOR[field.spec.measure] : [];
    if (!field || !m || !kinds.includes(m.kind)) return this.announce('There is no measurement of the right kind for this field');
    this.fill(field.key, m, true);
    this.changed();
  }

  private removeMeasurement(): void {
    const m = this.images.current();
    if (m && !this.locked) this.images.remove(m.id);
  }

  private measurementGone(m: Measurement): void {
    for (const key of new Set([...(m.items ?? []), m.item])) if (key) this.state.set(key, undefined);
    this.announce('Measurement removed');
    this.changed();
  }

  // Windows, display, help

  private between(): void {
    if (this.panel.element.contains(document.activeElement)) this.images.focus();
    else this.panel.focus();
  }

  private fold(folded: boolean): void {
    this.element.classList.toggle('folded', folded);
    if (folded) this.images.focus();
    else this.panel.focus();
    this.looked();
  }

  /** Images into a second window, or back. */
  private async twoScreens(): Promise<void> {
    if (this.images instanceof Elsewhere) return this.oneScreen();
    if (!this.parts.second.start(location.pathname)) return this.announce('The browser did not open a second window: allow pop-ups for this address, and press Shift W again');
    await this.swapImages();
  }

  private async oneScreen(): Promise<void> {
    if (!(this.images instanceof Elsewhere)) return;
    this.parts.second.end();
    await this.swapImages();
  }

  private async swapImages(): Promise<void> {
    const { view } = this.record;
    this.record.keepView({ stage: this.images.view(), key: this.panel.current?.key ?? view?.key ?? '', folded: false });
    const before = this.images;
    const doc = { ...this.parts.doc, measurements: before.all() };
    before.close();
    this.images = this.makeImages(doc);
    this.element.insertBefore(this.images.element, this.panel.element);
    this.element.classList.toggle('two-screens', this.images instanceof Elsewhere);
    drawDisplay(this.shortOf, this.display());
    await this.images.open();
    this.markTimepoint();
  }

  private display(): DisplayRecord {
    const rule = this.parts.doc.hang?.screen ?? DEFAULT_RULE;
    const facts = screenFacts();
    return describeDisplay(this.rendering, this.parts.second.open ? 2 : 1, facts, lastCheck(localStorage, facts, rule, Date.now()), rule);
  }

  private showDisplay(): void {
    openDisplay(this.display(), () => drawDisplay(this.shortOf, this.display()));
  }

  private help(): void {
    const { missing } = this.parts.doc.form;
    const layouts = (this.parts.doc.hang?.layouts ?? []).map((l) => l.name);
    openHelp([...missingKeys(missing)].map(([key, code]) => [key, missing[code] ?? code]), this.images.presetNames(), layouts);
  }

  // Signing

  private sign(): void {
    if (this.locked) return;
    this.panel.clearFindings();
    if (locksNext(this.parts.doc)) return this.lock();
    openSign({
      state: this.state,
      measurements: this.images.all().length,
      seconds: this.record.activeSeconds,
      signers: this.parts.doc.signers ?? [],
      chosen: this.choice?.chosen ?? null,
      sign: (password, how) => this.record.sign(password, how),
      goTo: (key) => this.panel.focusOn(key),
      done: (reply) => this.signed(reply),
    });
  }

  private lock(): void {
    openLock({
      state: this.state,
      stage: stageWords(this.parts.doc.stage),
      lock: () => this.record.lock(),
      goTo: (key) => this.panel.focusOn(key),
      done: (reply: LockReply & { kind: 'locked' | 'findings' }) => (reply.kind === 'findings' ? this.panel.showFindings(reply.findings, 'locked') : this.parts.onLocked()),
    });
  }

  private signed(reply: SignReply & { kind: 'signed' | 'findings' }): void {
    if (reply.kind === 'findings') this.panel.showFindings(reply.findings, 'signed');
    else this.parts.onSigned(reply.next, this.ahead);
  }
}
