import type { AdjudicationView, Answers } from '../types';
import { el, kbd, setAttribute } from '../ui/dom';

/** Which of the two reads is to stand, and why: all that an adjudicator who chooses may say. */
export class Choice {
  readonly element: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly area: HTMLTextAreaElement;

  constructor(
    private readonly view: AdjudicationView,
    private said: { choice: string; reason: string },
    locked: boolean,
    private readonly changed: () => void,
  ) {
    this.buttons = view.reads.map((read) =>
      el('button', {
        class: 'choice', attrs: { type: 'button', role: 'radio', disabled: locked, 'data-key': `choice-${read.choice ?? ''}` },
        on: { click: () => this.choose(read.choice ?? '') },
      }, [el('span', { text: `${read.label} stands` }), kbd(read.choice ?? '')]),
    );
    this.area = el('textarea', { class: 'text', attrs: { rows: 3, id: 'choice-reason', maxlength: 2000, readonly: locked } });
    this.area.value = said.reason;
    this.area.addEventListener('input', () => {
      this.said = { ...this.said, reason: this.area.value };
      this.changed();
    });
    this.element = el('div', { class: 'choose' }, [
      el('div', { class: 'choices', attrs: { role: 'radiogroup', 'aria-label': 'Which read stands' } }, this.buttons),
      el('label', { text: 'Your reason', attrs: { for: 'choice-reason' } }),
      this.area,
    ]);
    if (!locked) this.element.addEventListener('keydown', (e) => this.pressed(e));
    this.draw();
  }

  /** As it is saved. */
  get answers(): Answers {
    const { choice, reason } = this.said;
    return { ...(choice ? { choice } : {}), ...(reason ? { reason } : {}) };
  }

  get chosen(): { choice: string; reason: string; label: string } {
    return { ...this.said, label: this.view.reads.find((r) => r.choice === this.said.choice)?.label ?? '' };
  }

  choose(choice: string): void {
    this.said = { ...this.said, choice };
    this.draw();
    this.changed();
  }

  focus(): void {
    (this.buttons.find((b) => b.tabIndex === 0) ?? this.buttons[0])?.focus();
  }

  /** Take what another window saved. */
  replace(answers: Answers): void {
    this.said = { choice: String(answers['choice'] ?? ''), reason: String(answers['reason'] ?? '') };
    this.area.value = this.said.reason;
    this.draw();
  }

  private pressed(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).tagName === 'TEXTAREA' || event.ctrlKey || event.altKey || event.metaKey) return;
    const read = this.view.reads.find((r) => r.choice === event.key);
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (read) this.choose(read.choice ?? '');
    else if (by !== 0) this.step(by);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private step(by: number): void {
    const at = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
    this.buttons[(at + by + this.buttons.length) % this.buttons.length]?.focus();
  }

  private draw(): void {
    const at = this.view.reads.findIndex((r) => r.choice === this.said.choice);
    this.buttons.forEach((b, i) => {
      setAttribute(b, 'aria-checked', i === at ? 'true' : 'false');
      b.tabIndex = i === Math.max(0, at) ? 0 : -1;
    });
  }
}
