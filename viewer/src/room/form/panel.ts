import type { AdjudicationView, Answers, Finding, Value } from '../types';
import { el, kbd, setAttribute } from '../ui/dom';
import { measureKeys, options, short } from './cells';
import type { Choice } from './choice';
import { ScoreEntry, takes, type Act } from './entry';
import { wording, type Field, type FormModel } from './model';
import { SectionView } from './section';
import type { Closed, FormState } from './state';
import { faultsByField } from './faults';
import { following, step } from './walk';

export interface PanelParts {
  state: FormState;
  adjudication: AdjudicationView | null;
  locked: boolean;
  sign(): void;
  /** What stands on the button that signs, and under it. */
  signing: { button: string; after: string; enabled: boolean };
  /** What an adjudicator chooses, in place of scoring. */
  choice: Choice | null;
  /** The reader's own answers at earlier visits. */
  prior: { label: string; answers: Answers }[];
  announce(text: string): void;
  /** The keyboard moved to another field or time point. */
  onMoved(): void;
}

/** Findings that are listed one by one; the others are marked at their fields alone. */
const LISTED = 5;

const ARROWS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The form beside the images, scored by keyboard. */
export class FormPanel {
  readonly element: HTMLElement;
  readonly status = el('span', { class: 'saved', attrs: { role: 'status' } });
  private readonly views: SectionView[];
  private readonly tabs: HTMLButtonElement[];
  private readonly entry = new ScoreEntry();
  private readonly bar = el('div', { class: 'entry' });
  private readonly summary = el('div', { class: 'summary', attrs: { hidden: true, tabindex: -1, role: 'alert' } });
  private readonly thin = el('i');
  private readonly count = el('small');
  private shown = 0;
  private key = '';
  private faults = new Set<string>();

  constructor(
    private readonly model: FormModel,
    private readonly parts: PanelParts,
  ) {
    const drawParts = {
      state: parts.state,
      adjudication: parts.adjudication,
      locked: parts.locked,
      pick: (field: Field, value: Value) => this.pick(field, value),
      elsewhere: (field: Field) => this.elsewhere(field),
    };
    this.views = model.sections.map((s, i) => new SectionView(s, drawParts, `section-${i}`));
    this.tabs = model.sections.length > 1 ? model.sections.map((_, i) => this.tab(i)) : [];
    this.element = this.build();
    this.show(0);
    parts.state.onChange((keys) => this.changed(keys));
    this.changed([]);
  }

  private build(): HTMLElement {
    const sign = el('button', { class: 'btn sign', attrs: { type: 'button', disabled: !this.parts.signing.enabled }, on: { click: () => this.parts.sign() } }, [this.parts.signing.button, kbd('Ctrl ↵')]);
    const body = el('div', { class: 'panel-body' }, [this.summary, ...this.views.map((v) => v.element)]);
    const panel = el('aside', { class: 'panel', attrs: { 'aria-label': 'Scoring form' } }, [
      el('div', { class: 'panel-head' }, [el('h1', { text: this.model.title }), this.status]),
      this.tabs.length > 0 ? el('div', { class: 'tabs', attrs: { role: 'tablist', 'aria-label': 'Time points' } }, this.tabs) : null,
      this.reasons(),
      body,
      el('div', { class: 'panel-foot' }, [
        this.parts.choice?.element ?? null,
        this.bar,
        el('div', { class: 'thin', attrs: { 'aria-hidden': true } }, [this.thin]),
        this.count,
        sign,
        el('small', { class: 'after', text: this.parts.signing.after }),
      ]),
    ]);
    panel.addEventListener('keydown', (e) => this.pressed(e));
    panel.addEventListener('focusin', (e) => this.arrived(e.target as HTMLElement));
    return panel;
  }

  /** Why an adjudicator is asked. */
  private reasons(): HTMLElement | null {
    const { reasons = [] } = this.parts.adjudication ?? {};
    return reasons.length > 0 ? el('p', { class: 'reasons', text: `Readers disagree: ${reasons.join(', ')}` }) : null;
  }

  private tab(index: number): HTMLButtonElement {
    const { label } = this.model.sections[index] ?? { label: '' };
    return el('button', {
      class: 'tab',
      attrs: { type: 'button', role: 'tab', id: `tab-${index}`, 'aria-controls': `section-${index}` },
      on: { click: () => this.moveTo(index), keydown: (e) => this.acrossTabs(e) },
    }, [el('span', { text: `Time point ${label}` }), el('small', { class: 'tab-count' })]);
  }

  private acrossTabs(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.show((this.shown + by + this.tabs.length) % this.tabs.length);
    this.tabs[this.shown]?.focus();
  }

  private show(index: number): void {
    this.shown = index;
    this.views.forEach((v, i) => {
      v.element.hidden = i !== index;
      if (this.tabs.length > 0) {
        setAttribute(v.element, 'role', 'tabpanel');
        setAttribute(v.element, 'aria-labelledby', `tab-${i}`);
      }
    });
    this.tabs.forEach((t, i) => {
      setAttribute(t, 'aria-selected', i === index ? 'true' : 'false');
      t.tabIndex = i === index ? 0 : -1;
    });
    this.drawProgress();
    this.parts.onMoved();
  }

  /** The time point being scored. */
  get timepoint(): string {
    return this.model.sections[this.shown]?.label ?? '';
  }

  /** The field that the keyboard is in, or was last. */
  get current(): Field | undefined {
    return this.model.fields.get(this.key);
  }

  /** Go to the same field at the next time point. */
  nextTimepoint(): void {
    if (this.views.length > 1) this.moveTo((this.shown + 1) % this.views.length);
  }

  private moveTo(index: number): void {
    const from = this.model.sections[this.shown];
    const at = from?.fields.findIndex((f) => f.key === this.key) ?? -1;
    const field = this.model.sections[index]?.fields[Math.max(0, at)];
    this.show(index);
    if (field) this.focusOn(field.key);
  }

  /** Put the keyboard into the form: where it was, or at the first blank. */
  focus(): void {
    if (this.parts.choice) return this.parts.choice.focus();
    const blank = this.parts.state.blanks()[0] ?? this.section.fields[0];
    const key = this.key || blank?.key;
    if (key) this.focusOn(key);
  }

  focusOn(key: string): void {
    const index = this.views.findIndex((v) => v.has(key));
    if (index < 0) return;
    if (index !== this.shown) this.show(index);
    this.views[index]?.focus(key);
  }

  private get section(): FormModel['sections'][number] {
    return this.model.sections[this.shown] ?? { label: '', blocks: [], fields: [] };
  }

  private arrived(target: HTMLElement): void {
    const key = target.closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key === undefined || key === this.key) return;
    this.entry.settle();
    this.key = key;
    this.views[this.shown]?.here(key);
    this.drawBar();
    this.parts.onMoved();
  }

  private pressed(event: KeyboardEvent): void {
    const inField = (event.target as HTMLElement).closest('[data-key]');
    const field = inField ? this.current : undefined;
    if (!field || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (field.spec.type === 'text') return;
    if (event.shiftKey && /^[A-Z]$/.test(event.key)) return; // a key of the room, not a code
    const arrow = ARROWS[event.key];
    if (arrow) return this.walk(event, field, arrow);
    const radio = (event.target as HTMLElement).getAttribute('role') === 'radio';
    if (radio && (event.key === 'Enter' || event.key === ' ')) return; // the browser clicks it
    if (this.parts.locked) return;
    if (this.fromReader(event, field)) return;
    const acts = this.entry.press(event.key, this.entryField(field));
    if (acts.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.perform(acts, field);
  }

  private entryField(field: Field): { spec: Field['spec']; label: string; codes: Map<string, Value>; value: Value | undefined } {
    return { spec: field.spec, label: field.label, codes: field.codes, value: this.parts.state.get(field.key) };
  }

  private walk(event: KeyboardEvent, field: Field, [rows, columns]: [number, number]): void {
    event.preventDefault();
    event.stopPropagation();
    this.entry.settle();
    const next = step(this.section, field.key, rows, columns);
    if (next) this.focusOn(next.key);
    else this.drawBar();
  }

  /** An adjudicator takes a reader's answer with [ or ]. */
  private fromReader(event: KeyboardEvent, field: Field): boolean {
    const which = event.key === '[' ? 0 : event.key === ']' ? 1 : -1;
    const value = this.parts.adjudication?.reads[which]?.answers[field.key];
    if (value === undefined) return false;
    event.preventDefault();
    event.stopPropagation();
    this.perform([{ do: 'set', value }, { do: 'advance' }], field);
    return true;
  }

  private perform(acts: Act[], field: Field): void {
    const closed = this.parts.state.closed(field);
    if (closed !== null && acts.some((a) => a.do === 'set' || a.do === 'clear')) return this.refuse(this.whyClosed(field, closed));
    for (const act of acts) {
      if (act.do === 'set') this.parts.state.set(field.key, act.value);
      else if (act.do === 'clear') this.parts.state.set(field.key, undefined);
      else if (act.do === 'wait') this.drawBar();
      else if (act.do === 'advance') this.advance(field);
      else if (act.do === 'again') this.again(act.key, field);
      else this.refuse(act.message);
    }
  }

  private again(key: string, before: Field): void {
    const field = this.current;
    if (field && field !== before) this.perform(this.entry.press(key, this.entryField(field)), field);
  }

  private advance(field: Field): void {
    const next = following(this.section, field);
    if (next) this.focusOn(next.key);
    else this.drawBar();
  }

  private whyClosed(field: Field, closed: NonNullable<Closed>): string {
    if (closed === 'locked') return 'Locked: later images never reopen an answer';
    const gate = this.model.fields.get(field.grid?.gateKey ?? '');
    return closed === 'gate unanswered'
      ? `Answer “${gate?.label ?? ''}” first`
      : `Filled by “${gate?.label ?? ''}”: change that answer to score here`;
  }

  private refuse(message: string): void {
    this.parts.announce(message);
    this.drawBar(message);
  }

  private pick(field: Field, value: Value): void {
    if (this.parts.locked) return;
    this.focusOn(field.key);
    this.perform([{ do: 'set', value }], field);
  }

  /** Put a measured value into a field, to the digits it takes (a tenth where it does not say). */
  measured(field: Field, value: number, focus = true): void {
    const rounded = field.spec.type === 'integer' ? Math.round(value) : Number(value.toFixed(field.spec.decimals ?? 1));
    const { min = -Infinity, max = Infinity } = field.spec;
    if (rounded < min || rounded > max) return this.refuse(`${rounded} was measured; ${field.label} takes ${takes(field.spec)}`);
    this.perform([{ do: 'set', value: rounded }], field);
    if (focus) this.focusOn(field.key);
  }

  /** One key for “all normal”: it answers the question that stands before the scores. */
  allNormal(): void {
    if (this.parts.locked) return;
    const done = this.parts.state.allNormal(this.section);
    if (typeof done === 'string') return this.refuse(done);
    this.parts.announce('All normal');
    this.focusOn(done.key);
    const field = this.fieldOf(done.key);
    if (field) this.advance(field);
  }

  /** Say what could not be done, where the reader looks. */
  tell(message: string): void {
    this.refuse(message);
  }

  fieldOf(key: string): Field | undefined {
    return this.model.fields.get(key);
  }

  private elsewhere(field: Field): { label: string; value: Value | undefined }[] {
    const own = this.model.sections.find((s) => s.label === field.section);
    const at = own?.fields.findIndex((f) => f.key === field.key) ?? -1;
    return this.model.sections
      .filter((s) => s !== own)
      .map((s) => ({ label: s.label, value: this.parts.state.get(s.fields[at]?.key ?? '') }))
      .concat(this.parts.prior.map((p) => ({ label: p.label, value: p.answers[own && own.label ? field.key.replace(`${own.label}:`, '') : field.key] })));
  }

  private changed(keys: string[]): void {
    const all = keys.length === 0 ? [...this.model.fields.keys()] : keys.flatMap((k) => this.sameElsewhere(k));
    for (const view of this.views) view.update(all);
    for (const key of keys) if (this.faults.delete(key)) this.views.forEach((v) => v.fault(key, null));
    this.drawProgress();
    this.drawBar();
  }

  /** A score shows beside the same cell of the other time points too. */
  private sameElsewhere(key: string): string[] {
    const field = this.model.fields.get(key);
    const own = this.model.sections.find((s) => s.label === field?.section);
    const at = own?.fields.findIndex((f) => f.key === key) ?? -1;
    return at < 0 ? [key] : this.model.sections.map((s) => s.fields[at]?.key ?? key);
  }

  private drawProgress(): void {
    const { done, total } = this.parts.state.progress(this.section);
    this.thin.style.width = `${total === 0 ? 100 : Math.round((100 * done) / total)}%`;
    this.drawCount();
    this.tabs.forEach((tab, i) => {
      const section = this.model.sections[i];
      const small = tab.querySelector('.tab-count');
      if (!section || !small) return;
      const p = this.parts.state.progress(section);
      small.textContent = p.done === p.total ? ' complete' : ` ${p.done}/${p.total}`;
    });
  }

  /** Under the progress: what the last key did, or how far the form is. */
  private drawCount(hint = '', refused = false): void {
    const { done, total } = this.parts.state.progress(this.section);
    this.count.className = refused ? 'count refused' : 'count';
    if (hint) this.count.replaceChildren(hint);
    else this.count.replaceChildren(`${done} of ${total} · arrows move, digits score, `, kbd('.'), ' repeats the last');
  }

  /** The bar above the progress: which field, what it takes, each value with its key. */
  private drawBar(message = ''): void {
    const field = this.current;
    if (!field) return;
    const given = this.parts.state.get(field.key);
    const { waiting } = this.entry;
    this.drawCount(message || (waiting ? this.waitingHint(field, waiting) : this.fieldHint(field)), message !== '');
    const buttons = field.grid || options(field).length === 0 ? this.valueButtons(field, given) : [];
    this.bar.replaceChildren(
      el('div', { class: 'entry-name' }, [el('b', { text: field.label }), el('span', { text: given === undefined ? '' : wording(field, given, this.model.missing) })]),
      el('div', { class: 'entry-values', attrs: { role: 'group', 'aria-label': `Values of ${field.label}` } }, buttons),
    );
  }

  private valueButtons(field: Field, given: Value | undefined): HTMLElement[] {
    const button = (value: Value, label: string, key: string | null): HTMLElement =>
      el('button', { class: value === given ? 'value s' : 'value', attrs: { type: 'button', tabindex: -1 }, on: { click: () => this.pick(field, value) } }, [label, key ? kbd(key) : null]);
    const reads = (this.parts.adjudication?.reads ?? []).flatMap((r, i) => {
      const value = r.answers[field.key];
      return value === undefined ? [] : [button(value, `${r.label}: ${short(field, value)}`, '[]'.charAt(i))];
    });
    return [
      ...options(field).map((o) => button(o.value, o.label, null)),
      ...[...field.missing].map(([key, code]) => button(code, this.model.missing[code] ?? code, key.toUpperCase())),
      ...reads,
    ];
  }

  private waitingHint(field: Field, text: string): string {
    return `${text}… type the next digit (up to ${field.spec.max ?? 'any number'}), or Enter or an arrow for ${text}`;
  }

  private fieldHint(field: Field): string {
    const closed = this.parts.state.closed(field);
    if (closed !== null) return this.whyClosed(field, closed);
    return field.spec.measure ? `${measureKeys(field.spec.measure).join(' or ')} measures it on the image` : '';
  }

  /** What the server found on signing: a summary on top, a message at each field. */
  showFindings(findings: Finding[], what: 'signed' | 'locked'): void {
    const { byField, general } = faultsByField(findings, this.model);
    this.faults = new Set(byField.keys());
    for (const [key, message] of byField) this.views.forEach((v) => v.fault(key, message));
    const keys = [...byField.keys()];
    const links = keys.slice(0, LISTED).map((key) => this.faultLink(key, byField.get(key) ?? ''));
    const more = keys.length > LISTED ? [el('li', { text: `and ${keys.length - LISTED} more answers, marked in the form` })] : [];
    this.summary.replaceChildren(
      el('h2', { text: findings.length === 1 ? `Not ${what}: one thing is left` : `Not ${what}: ${findings.length} things are left` }),
      el('ul', {}, [...general.map((text) => el('li', { text })), ...links, ...more]),
    );
    this.summary.hidden = false;
    this.summary.scrollIntoView({ block: 'start' });
    this.summary.focus();
  }

  private faultLink(key: string, message: string): HTMLElement {
    const field = this.model.fields.get(key);
    const where = this.model.sections.length > 1 ? `${field?.section}, ` : '';
    const text = `${where}${field?.label ?? key}: ${message}`;
    return el('li', {}, [el('button', { class: 'link', text, attrs: { type: 'button' }, on: { click: () => this.focusOn(key) } })]);
  }

  clearFindings(): void {
    for (const key of this.faults) this.views.forEach((v) => v.fault(key, null));
    this.faults.clear();
    this.summary.hidden = true;
  }
}
