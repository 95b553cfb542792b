import type { Draft } from '../types';

export type SaveStatus =
  | { state: 'saved' }
  | { state: 'saving' }
  | { state: 'unsaved'; since: number; why: 'offline' | 'server' | 'signed out' | 'no copy' };

/** The server's answer to one save. */
export type SaveReply =
  | { kind: 'saved'; version: number }
  | { kind: 'conflict'; theirs: Draft; version: number; signed: boolean }
  | { kind: 'offline' }
  | { kind: 'refused'; status: number };

export interface SaveQueueParts {
  put(draft: Draft, version: number): Promise<SaveReply>;
  /** The draft as it stands now. */
  current(): Draft;
  /** Two states grew apart: settle it (asking the reader if need be) and give the joined draft. */
  settle(theirs: Draft): Promise<Draft>;
  onStatus(status: SaveStatus): void;
  onSaved(draft: Draft, version: number): void;
  /** Another window signed this case: nothing can be saved any more. */
  onSignedElsewhere(): void;
  now(): number;
}

/** Milliseconds from a change to its way to the server; with the answer it stays under a second. */
export const DELAY = 500;
const BACK_OFF = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Sends changes to the server: one request at a time, the latest state always, again with growing
 * pauses until it is confirmed. A lost confirmation comes back as a conflict with one's own state,
 * which `settle` resolves without a question.
 */
export class SaveQueue {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private sending: Promise<void> | null = null;
  private dirty = false;
  private failures = 0;
  private since: number | null = null;
  private stopped = false;

  constructor(
    private readonly parts: SaveQueueParts,
    private version: number,
  ) {}

  get savedVersion(): number {
    return this.version;
  }

  get pending(): boolean {
    return this.dirty || this.sending !== null;
  }

  /** Something changed: it goes out within DELAY of the first unsent change. */
  change(): void {
    this.dirty = true;
    this.since ??= this.parts.now();
    if (this.failures === 0) this.parts.onStatus({ state: 'saving' });
    this.plan(this.failures === 0 ? DELAY : this.pause());
  }

  /** The network is back, or the page is leaving: try at once. */
  hurry(): void {
    if (this.dirty) this.plan(0, true);
  }

  /** Send what waits; true when the server holds everything. */
  async flush(): Promise<boolean> {
    for (let round = 0; round < 3 && this.pending; round += 1) {
      this.unplan();
      await (this.sending ?? this.send());
    }
    return !this.pending;
  }

  /** After signing nothing is sent any more. */
  stop(): void {
    this.stopped = true;
    this.unplan();
  }

  private pause(): number {
    return BACK_OFF[Math.min(this.failures, BACK_OFF.length) - 1] ?? DELAY;
  }

  private plan(delay: number, sooner = false): void {
    if (this.stopped || this.sending) return;
    if (this.timer !== null && !sooner) return;
    this.unplan();
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.send();
    }, delay);
  }

  private unplan(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private send(): Promise<void> {
    this.sending = this.exchange().finally(() => {
      this.sending = null;
      if (this.dirty) this.plan(this.failures === 0 ? DELAY : this.pause());
    });
    return this.sending;
  }

  private async exchange(): Promise<void> {
    const draft = this.parts.current();
    this.dirty = false;
    const reply = await this.parts.put(draft, this.version);
    if (this.stopped) return;
    if (reply.kind === 'saved') this.confirmed(draft, reply.version);
    else if (reply.kind === 'conflict') await this.conflicted(reply);
    else this.failed(reply);
  }

  private confirmed(draft: Draft, version: number): void {
    this.version = version;
    this.failures = 0;
    this.since = this.dirty ? this.parts.now() : null;
    this.parts.onSaved(draft, version);
    this.parts.onStatus({ state: this.dirty ? 'saving' : 'saved' });
  }

  private async conflicted(reply: SaveReply & { kind: 'conflict' }): Promise<void> {
    if (reply.signed) {
      this.stop();
      return this.parts.onSignedElsewhere();
    }
    await this.parts.settle(reply.theirs);
    this.version = reply.version;
    this.dirty = true;
  }

  private failed(reply: { kind: 'offline' } | { kind: 'refused'; status: number }): void {
    this.dirty = true;
    this.failures += 1;
    const out = reply.kind === 'refused' && [401, 403].includes(reply.status);
    const why = reply.kind === 'offline' ? 'offline' : out ? 'signed out' : 'server';
    this.parts.onStatus({ state: 'unsaved', since: this.since ?? this.parts.now(), why });
  }
}
