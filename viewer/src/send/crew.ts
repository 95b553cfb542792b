// The workers: each file goes to whoever is free. One that breaks is replaced, and its file waits.
import type { Answer, Ask, EngineFiles, ExamToMake, Glance, MadeFile, VisitMatch } from './protocol';

type Pending = { done: (value: unknown) => void; failed: (error: Error) => void };

/** The engine says no, in words for people. */
export class Refused extends Error {}
/** A worker broke: out of memory, or a fault of ours. */
export class Broken extends Error {}
export class Cancelled extends Error {}

class Hand {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private next = 1;
  broken = false;

  constructor() {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'de-identification' });
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => this.heard(data);
    this.worker.onerror = () => this.breaks();
  }

  ask<T>(asked: Ask): Promise<T> {
    if (this.broken) return Promise.reject(new Broken());
    const id = this.next++;
    return new Promise<T>((done, failed) => {
      this.pending.set(id, { done: done as (value: unknown) => void, failed });
      this.worker.postMessage({ ...asked, id });
    });
  }

  private heard(answer: Answer): void {
    const waiting = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (answer.ok) return waiting?.done(answer.value);
    if (answer.kind === 'refused') return waiting?.failed(new Refused(answer.words));
    this.breaks();
    waiting?.failed(new Broken());
  }

  private breaks(): void {
    this.broken = true;
    this.worker.terminate();
    for (const { failed } of this.pending.values()) failed(new Broken());
    this.pending.clear();
  }

  end(): void {
    this.breaks();
  }
}

/** How many workers this computer bears: each takes some 200 MB. */
export function workersHere(): number {
  const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 4;
  return navigator.hardwareConcurrency >= 2 && memory >= 4 ? 2 : 1;
}

export class Crew {
  private hands: Hand[] = [];
  private lock: { settings: string; secret: Uint8Array } | null = null;
  private exam: ExamToMake | null = null;
  private round = 0;

  private constructor(private readonly engine: EngineFiles) {}

  /** Start the workers and load the engine; they work once a key unlocks them. */
  static async load(engine: EngineFiles, size = workersHere()): Promise<Crew> {
    const crew = new Crew(engine);
    crew.hands = await Promise.all(Array.from({ length: size }, () => crew.hired()));
    return crew;
  }

  /** Open every bench with the site's key; the caller's own copy of the secret is free to go. */
  async unlock(settings: string, secret: Uint8Array): Promise<void> {
    this.lock?.secret.fill(0);
    this.lock = { settings, secret: secret.slice() };
    await Promise.all(this.hands.map((hand) => this.unlocked(hand)));
  }

  private async hired(): Promise<Hand> {
    const hand = new Hand();
    await hand.ask({ ask: 'load', engine: this.engine });
    await this.unlocked(hand);
    return hand;
  }

  private async unlocked(hand: Hand): Promise<void> {
    if (!this.lock) return;
    await hand.ask({ ask: 'unlock', settings: this.lock.settings, secret: this.lock.secret.slice() });
    if (this.exam) await hand.ask({ ask: 'begin', exam: this.exam });
  }

  person(issuer: string, patient: string): Promise<string> {
    return this.first.ask({ ask: 'person', issuer, patient });
  }

  visit(anchor: string, acquired: string): Promise<VisitMatch> {
    return this.first.ask({ ask: 'visit', anchor, acquired });
  }

  manifest(told: object): Promise<string> {
    return this.first.ask({ ask: 'manifest', told: JSON.stringify(told) });
  }

  private get first(): Hand {
    return this.hands[0]!;
  }

  glances(files: readonly Blob[], each: (index: number, found: Glance | null) => void): Promise<void> {
    return this.all(files, (file) => ({ ask: 'glance', file }), each);
  }

  async makes(
    exam: ExamToMake,
    files: readonly { blob: Blob; stands: boolean }[],
    each: (index: number, found: MadeFile | null) => void,
  ): Promise<void> {
    this.exam = exam;
    await Promise.all(this.hands.map((hand) => hand.ask({ ask: 'begin', exam })));
    await this.all(files, ({ blob, stands }) => ({ ask: 'make', file: blob, stands }), each);
  }

  /** Every file once, two asked of a worker at a time, so that one is read while the other is worked on. */
  private async all<F, T>(
    files: readonly F[],
    asking: (file: F) => Ask,
    each: (index: number, found: T | null) => void,
  ): Promise<void> {
    const round = ++this.round;
    let next = 0;
    const lane = async (place: number): Promise<void> => {
      while (next < files.length) {
        if (round !== this.round) throw new Cancelled();
        const index = next++;
        const found = await this.one<T>(place, asking(files[index]!));
        if (round !== this.round) throw new Cancelled();
        each(index, found);
      }
    };
    await Promise.all(this.hands.flatMap((_, place) => [lane(place), lane(place)]));
  }

  private async one<T>(place: number, asked: Ask): Promise<T | null> {
    // Twice, the second time with a fresh worker: the file beside it may have been the one that broke it.
    for (let attempt = 1; attempt <= 2; attempt++) {
      const hand = this.hands[place]!;
      try {
        return await hand.ask<T>(asked);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        await this.replaced(place, hand);
      }
    }
    return null;
  }

  private readonly hiring: (Promise<void> | undefined)[] = [];

  private async replaced(place: number, gone: Hand): Promise<void> {
    if (this.hands[place] !== gone) return;
    this.hiring[place] ??= this.hired().then((hand) => {
      this.hands[place] = hand;
      this.hiring[place] = undefined;
    });
    await this.hiring[place];
  }

  cancel(): void {
    this.round++;
  }

  end(): void {
    this.round++;
    this.lock?.secret.fill(0);
    for (const hand of this.hands) hand.end();
  }
}
