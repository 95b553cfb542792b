import { caseAddress, type ReadingApi } from '../api';
import { startEngine } from '../stage/engine';
import { DONE_ELSEWHERE, Stage, type Images } from '../stage/stage';
import { el } from '../ui/dom';
import { Line, type ToForm, type ToImages } from './link';

/** What the form's window may ask of the images here, by name. */
const ASKED = new Set<string>(DONE_ELSEWHERE);

/**
 * The second window: images alone. It asks the server for the same case in the same session, so that it can show
 * nothing that the form's window could not; all that is typed here goes to that window.
 */
export class ImagesWindow {
  private stage: Stage | null = null;
  private readonly line: Line<ToImages, ToForm>;
  private readonly live = el('div', { class: 'visually-hidden', attrs: { 'aria-live': 'polite' } });

  constructor(
    private readonly root: HTMLElement,
    private readonly api: ReadingApi,
  ) {
    startEngine();
    document.title = 'Images';
    this.line = new Line<ToImages, ToForm>('images', (message) => void this.hear(message));
    document.addEventListener('keydown', (event) => this.pressed(event));
    for (const kind of ['pointerdown', 'wheel', 'pointermove']) document.addEventListener(kind, () => this.input(), { passive: true, capture: true });
    window.addEventListener('pagehide', () => this.line.say({ to: 'form', closed: true }));
    this.wait('Waiting for the form in the other window…');
    this.line.say({ to: 'form', ready: true });
  }

  private wait(text: string): void {
    this.root.replaceChildren(el('main', { class: 'page' }, [el('h1', { text: 'Images' }), el('p', { text })]));
  }

  private heard = 0;

  /** The reader is at work here too: told at most once a second. */
  private input(): void {
    if (Date.now() - this.heard < 1_000) return;
    this.heard = Date.now();
    this.line.say({ to: 'form', input: true });
  }

  private pressed(event: KeyboardEvent): void {
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (['Shift', 'Control', 'Alt', 'Meta', 'F11', 'F5'].includes(key)) return;
    event.preventDefault();
    this.line.say({ to: 'form', key: { key, code, altKey, ctrlKey, metaKey, shiftKey } });
  }

  private async hear(message: ToImages): Promise<void> {
    if ('bye' in message) {
      this.stage?.close();
      this.wait('The window with the form was closed.');
      window.close();
    } else if ('case' in message) await this.show(message);
    else if (ASKED.has(message.do)) (this.stage?.[message.do as keyof Images] as ((...a: unknown[]) => unknown) | undefined)?.apply(this.stage, message.args);
  }

  private async show({ case: room, view, measurements, scored }: Extract<ToImages, { case: string }>): Promise<void> {
    this.stage?.close();
    try {
      const doc = await this.api.at(caseAddress(room)).load('prefetch');
      const stage: Stage = new Stage({ ...doc, measurements }, {
        onFirstImage: () => this.line.say({ to: 'form', first: true }),
        onMeasured: (measured, finished) => this.line.say({ to: 'form', measured, finished, parts: stage.partsOf(measured).parts }),
        onMeasurementGone: (gone) => this.line.say({ to: 'form', gone }),
        onView: () => this.tellSoon(),
        onTool: () => undefined,
        announce: (text) => {
          this.live.textContent = text;
          this.line.say({ to: 'form', say: text });
        },
      }, view);
      this.stage = stage;
      this.root.replaceChildren(el('div', { class: 'room images-only' }, [stage.element, this.live]));
      await stage.open();
      stage.scoring(scored);
    } catch {
      this.wait('These images could not be loaded. Close this window; the form shows them too.');
    }
  }

  private telling = false;

  private tellSoon(): void {
    if (this.telling) return;
    this.telling = true;
    setTimeout(() => {
      this.telling = false;
      const { stage } = this;
      if (stage) this.line.say({ to: 'form', state: { view: stage.view(), measurements: stage.all(), current: stage.current()?.id ?? null } });
    }, 50);
  }
}
