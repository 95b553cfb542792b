import type { CaseDocument, Measurement } from '../types';
import { partsAsStored, type Shape } from '../stage/shapes';
import type { Images, StageParts, StageView } from '../stage/stage';
import { el, kbd } from '../ui/dom';
import { Line, type PressedKey, type ToForm, type ToImages } from './link';

export interface ElsewhereParts extends StageParts {
  onKey(key: PressedKey): void;
  onInput(): void;
  /** The second window was closed. */
  onClosed(): void;
}

/** The second window of this reader, over all cases; null while there is one window. */
export class SecondWindow {
  private handle: Window | null = null;

  get open(): boolean {
    return this.handle !== null && !this.handle.closed;
  }

  /** Open it beside this one; false where the browser does not let us. */
  start(room: string): boolean {
    const left = screen.availWidth > 0 ? window.screenX + window.outerWidth : 0;
    this.handle = window.open(`${room}#images`, 'provident-images', `popup,left=${left},top=0,width=${screen.availWidth},height=${screen.availHeight}`);
    return this.handle !== null;
  }

  end(): void {
    this.handle?.close();
    this.handle = null;
  }
}

/** Stands in the form's window for the images that are shown in the second one. */
export class Elsewhere implements Images {
  readonly element: HTMLElement;
  private readonly line: Line<ToForm, ToImages>;
  private look: StageView | null;
  private known = new Map<string, Measurement>();
  private readonly parts = new Map<string, Shape['parts']>();
  private selected: string | null = null;
  private scored = '';

  constructor(private readonly doc: CaseDocument, private readonly room: string, private readonly to: ElsewhereParts, resumed: StageView | null, back: () => void) {
    this.look = resumed;
    for (const m of doc.measurements) this.known.set(m.id, m);
    this.line = new Line<ToForm, ToImages>('form', (message) => this.hear(message));
    this.element = el('main', { class: 'stage elsewhere', attrs: { 'aria-label': 'Images', tabindex: -1 } }, [
      el('p', { text: 'The images are in the second window. Every key works from both.' }),
      el('button', { class: 'btn quiet', attrs: { type: 'button' }, on: { click: back } }, ['Bring them back here', kbd('Shift W')]),
    ]);
  }

  private hear(message: ToForm): void {
    if ('ready' in message) this.show();
    else if ('first' in message) this.to.onFirstImage();
    else if ('measured' in message) this.took(message);
    else if ('gone' in message) this.went(message.gone);
    else if ('say' in message) this.to.announce(message.say);
    else if ('key' in message) this.to.onKey(message.key);
    else if ('input' in message) this.to.onInput();
    else if ('closed' in message) this.to.onClosed();
    else this.learn(message.state);
  }

  private took({ measured, finished, parts }: Extract<ToForm, { measured: Measurement }>): void {
    this.known.set(measured.id, measured);
    this.parts.set(measured.id, parts);
    this.selected = measured.id;
    this.to.onMeasured(measured, finished);
  }

  private went(m: Measurement): void {
    this.known.delete(m.id);
    this.to.onMeasurementGone(m);
  }

  private learn(state: { view: StageView; current: string | null }): void {
    this.look = state.view;
    this.selected = state.current;
    this.to.onView();
  }

  private show(): void {
    this.line.say({ to: 'images', case: this.room, view: this.look, measurements: this.all(), scored: this.scored });
  }

  private tell(name: string, ...args: unknown[]): void {
    this.line.say({ to: 'images', do: name, args });
  }

  async open(): Promise<void> {
    this.show();
  }

  close(): void {
    this.line.close();
    this.element.remove();
  }

  /** Tell the second window that this one goes. */
  bye(): void {
    this.line.say({ to: 'images', bye: true });
  }

  view(): StageView {
    return this.look ?? { views: [], active: 0, magnified: false, linked: true, shown: [] };
  }

  all(): Measurement[] {
    return [...this.known.values()];
  }

  current(): Measurement | undefined {
    return (this.selected ? this.known.get(this.selected) : undefined) ?? this.all().at(-1);
  }

  bind(id: string, items: string[]): void {
    const m = this.known.get(id);
    if (m) this.known.set(id, { ...m, item: items[0] ?? null, ...(items.length > 1 ? { items } : {}) });
    this.tell('bind', id, items);
  }

  remove(id: string): void {
    this.tell('remove', id);
  }

  partsOf(m: Measurement): Shape {
    return { value: m.value, unit: m.unit, stats: m.stats, parts: this.parts.get(m.id) ?? partsAsStored(m) };
  }

  presetNames(): string[] {
    return this.doc.presets.map((p) => p.name);
  }

  focus(): void {
    this.element.focus();
  }

  scoring(timepoint: string): void {
    if (timepoint === this.scored) return;
    this.scored = timepoint;
    this.tell('scoring', timepoint);
  }

  scroll(...a: Parameters<Images['scroll']>): void { this.tell('scroll', ...a); }
  scrollTo(...a: Parameters<Images['scrollTo']>): void { this.tell('scrollTo', ...a); }
  step(...a: Parameters<Images['step']>): void { this.tell('step', ...a); }
  toggleLink(): void { this.tell('toggleLink'); }
  magnify(): void { this.tell('magnify'); }
  choose(...a: Parameters<Images['choose']>): void { this.tell('choose', ...a); }
  preset(...a: Parameters<Images['preset']>): void { this.tell('preset', ...a); }
  act(...a: Parameters<Images['act']>): void { this.tell('act', ...a); }
  fade(...a: Parameters<Images['fade']>): void { this.tell('fade', ...a); }
  pace(...a: Parameters<Images['pace']>): void { this.tell('pace', ...a); }
  toggleLoupe(): void { this.tell('toggleLoupe'); }
  toggleMarks(): void { this.tell('toggleMarks'); }
  moveCross(...a: Parameters<Images['moveCross']>): void { this.tell('moveCross', ...a); }
  toggleCine(): void { this.tell('toggleCine'); }
  async hang(...a: Parameters<Images['hang']>): Promise<void> { this.tell('hang', ...a); }
  async cycleSeries(): Promise<void> { this.tell('cycleSeries'); }
}
