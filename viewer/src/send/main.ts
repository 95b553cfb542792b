// The page Send from the browser: participant and visit, key, files, what leaves, and only then sending.
import './send.scss';

import { Crew } from './crew';
import { KeyBox } from './keybox';
import type { OpenKey } from './keys';
import { Desk } from './desk';
import { get, input, noProblem, problem, show } from './page';
import type { ParticipantTold, Settings, SlotTold } from './protocol';
import { Says, Server } from './server';
import { chosenFrom, dropped } from './sources';

interface Choice {
  participant: ParticipantTold;
  slot: SlotTold;
}

class Page {
  private key: OpenKey | null = null;
  private crew: Promise<Crew>;
  private readonly desk: Desk;

  constructor(
    private readonly settings: Settings,
    server: Server,
    data: DOMStringMap,
  ) {
    this.crew = Crew.load({ python: data.python!, archive: data.archive!, integrity: data.integrity! });
    this.crew.catch(() => problem('The engine did not start', 'Reload the page. If that does not help, use another browser or your gateway.'));
    this.desk = new Desk(settings, server, data.transfers!);
    this.participants();
    this.files();
    new KeyBox(server, settings, (key) => void this.unlock(key));
    get('participant').addEventListener('change', () => this.slots());
    get('slot').addEventListener('change', () => this.ready());
    get('cancel').addEventListener('click', () => this.desk.cancel());
    addEventListener('beforeunload', (event) => {
      if (this.desk.busy) event.preventDefault();
    });
    if (!settings.open) problem('Your site is not open for images yet', 'You can prepare the key. Images can be sent once the trial team has opened the site.');
    this.ready();
  }

  private async unlock(key: OpenKey): Promise<void> {
    this.key = key;
    this.ready();
    try {
      const crew = await this.crew;
      const told = { ...this.settings, participants: [], key: null, namespace: key.namespace };
      await crew.unlock(JSON.stringify(told), key.secret);
      this.desk.opened(crew, key.namespace);
    } catch (error) {
      this.key = null;
      problem('The engine does not work here', error instanceof Error && error.message ? error.message : 'Reload the page.');
    }
    this.ready();
  }

  private participants(): void {
    const chosen = get<HTMLSelectElement>('participant');
    for (const { code, active } of this.settings.participants) {
      if (active) chosen.add(new Option(code, code));
    }
  }

  private slots(): void {
    const chosen = get<HTMLSelectElement>('slot');
    const told = this.participant();
    chosen.length = 0;
    chosen.add(new Option(told ? 'Choose the visit and exam' : 'Choose the participant first', ''));
    told?.slots.forEach((slot, i) => chosen.add(new Option(`${slot.visit_label} · ${slot.kind_label}`, String(i))));
    this.ready();
  }

  private participant(): ParticipantTold | undefined {
    return this.settings.participants.find((p) => p.code === get<HTMLSelectElement>('participant').value);
  }

  private choice(): Choice | null {
    const participant = this.participant();
    const slot = participant?.slots[Number(get<HTMLSelectElement>('slot').value || -1)];
    return participant && slot ? { participant, slot } : null;
  }

  /** Which step comes next. */
  private ready(): void {
    const choice = this.choice();
    const missing = this.participant()?.missing ?? [];
    const note = missing.length
      ? `A consent that the study requires is not given, so nothing can be sent: ${missing.join('; ')}.`
      : choice
        ? `The plan's window is ${choice.slot.opens} to ${choice.slot.closes}. Now ${choice.slot.state.replaceAll('_', ' ')}.`
        : '';
    get('slot-note').textContent = note;
    const goes = Boolean(choice && this.key && this.desk.isOpen && !missing.length && this.settings.open);
    show('drop', goes);
    show('not-yet', !goes);
    get('not-yet').textContent = this.waitsFor(choice, missing);
    this.desk.choose(goes ? choice : null);
  }

  private waitsFor(choice: Choice | null, missing: string[]): string {
    if (missing.length) return 'The consent is missing.';
    if (!choice) return this.key ? 'Choose the participant and the visit first.' : 'Choose the visit and open the key first.';
    if (!this.key) return 'Open the key first.';
    return this.settings.open ? 'The engine is starting: some seconds the first time.' : 'Your site is not open yet.';
  }

  private files(): void {
    for (const id of ['folder', 'files']) {
      input(id).addEventListener('change', () => {
        const those = [...(input(id).files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
        input(id).value = '';
        void this.take(those);
      });
    }
    const drop = get('drop');
    drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.classList.add('is-over');
    });
    drop.addEventListener('dragleave', () => drop.classList.remove('is-over'));
    drop.addEventListener('drop', async (event) => {
      event.preventDefault();
      drop.classList.remove('is-over');
      if (event.dataTransfer) await this.take(await dropped(event.dataTransfer));
    });
  }

  private async take(given: { path: string; file: File }[]): Promise<void> {
    if (!given.length || this.desk.busy) return;
    noProblem();
    await this.desk.look(await chosenFrom(given));
  }
}

async function begin(): Promise<void> {
  const place = document.getElementById('send');
  if (!place) return;
  place.hidden = false;
  if (!globalThis.crypto?.subtle || typeof WebAssembly === 'undefined') {
    problem('This page needs a safe connection', 'Open the platform under https://, in a browser of the last two years.');
    return;
  }
  const server = new Server(place.dataset.base!, place.dataset.csrf!);
  try {
    new Page(await server.settings(), server, place.dataset);
  } catch (error) {
    problem('The page could not start', error instanceof Says ? error.message : 'The platform does not answer. Reload the page.');
  }
}

void begin();
