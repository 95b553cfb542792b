import { isSigned, type LockReply, type ReadingApi, type SignedBy, type SignReply } from './api';
import type { DisplayRecord } from './display';
import { localCopy, type Kept, type KeptStore } from './save/local';
import { merge, type Merged } from './save/merge';
import { SaveQueue, type SaveStatus } from './save/queue';
import type { StageView } from './stage/stage';
import { ActiveTimer } from './timer';
import type { Answers, CaseDocument, Draft } from './types';

export interface RoomView {
  stage: StageView | null;
  key: string;
  folded: boolean;
}

export interface RecordParts {
  onStatus(status: SaveStatus): void;
  /** Both sides changed the same answers: ask the reader. */
  ask(merged: Merged): Promise<Draft>;
  /** Another window signed this case. */
  onSignedElsewhere(): void;
  /** The draft is now this one. */
  adopt(draft: Draft): void;
}

const LOOK_DELAY = 300;

/**
 * What the reader has given, kept twice: on this computer at the moment of each change, and on the
 * server within a second. Opening the case again takes up both.
 */
export class CaseRecord {
  draft: Draft;
  readonly aside: Answers;
  private latest: RoomView | null;
  private readonly store: KeptStore;
  private readonly kept: Kept;
  private readonly queue: SaveQueue;
  private readonly timer: ActiveTimer;
  private lookTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly behind: Draft | null = null;

  constructor(
    doc: CaseDocument,
    private readonly api: ReadingApi,
    private readonly display: () => DisplayRecord,
    private readonly parts: RecordParts,
  ) {
    this.store = localCopy(doc.token, localStorage);
    const before = this.store.read();
    const server: Draft = { answers: doc.answers, measurements: doc.measurements };
    const mine = before?.dirty ? before.draft : null;
    const behind = mine !== null && before !== null && before.version !== doc.version;
    this.draft = mine ?? server;
    this.behind = behind ? server : null;
    this.aside = before?.aside ?? {};
    this.latest = (before?.view as RoomView | null | undefined) ?? null;
    this.kept = {
      draft: this.draft,
      base: behind ? (before?.base ?? {}) : doc.answers,
      version: doc.version,
      dirty: mine !== null,
      aside: this.aside,
      activeSeconds: 0,
      view: this.latest,
    };
    this.timer = new ActiveTimer(() => Date.now(), Math.max(doc.active_seconds ?? 0, before?.activeSeconds ?? 0));
    this.queue = new SaveQueue(this.queueParts(), doc.version);
  }

  private queueParts(): ConstructorParameters<typeof SaveQueue>[0] {
    return {
      put: (draft, version) => this.api.save(draft, { version, activeSeconds: this.activeSeconds }, this.display()),
      current: () => this.draft,
      settle: (theirs) => this.settle(theirs),
      onStatus: (status) => this.parts.onStatus(status),
      onSaved: (draft, version) => this.confirmed(draft, version),
      onSignedElsewhere: () => this.signedElsewhere(),
      now: () => Date.now(),
    };
  }

  /** How the case was looked at when it was left, or when its images moved. */
  get view(): RoomView | null {
    return this.latest;
  }

  get dirty(): boolean {
    return this.kept.dirty;
  }

  /** Whole seconds at work on this case, over all sittings. */
  get activeSeconds(): number {
    return Math.round(this.timer.seconds());
  }

  input(): void {
    this.timer.input();
  }

  /** Send what an earlier sitting left unsaved, joined with what the server has now. */
  start(locked: boolean): void {
    if (locked) return this.store.forget();
    if (!this.kept.dirty) return;
    if (this.behind) void this.settle(this.behind).then(() => this.queue.change());
    else this.queue.change();
  }

  change(draft: Draft, aside: Answers): void {
    this.draft = draft;
    Object.assign(this.kept, { draft, aside, dirty: true });
    this.write();
    this.queue.change();
  }

  /** Remember how the images are looked at, at most every LOOK_DELAY. */
  look(view: () => RoomView): void {
    this.lookTimer ??= setTimeout(() => {
      this.lookTimer = null;
      this.kept.view = view();
      this.write();
    }, LOOK_DELAY);
  }

  /** Remember a look at once: the images move to another window. */
  keepView(view: RoomView): void {
    this.kept.view = view;
    this.latest = view;
    this.write();
  }

  /** Has the reader been without input so long that the time does not count? */
  get away(): boolean {
    return this.timer.away;
  }

  /** Remember at once which answer the keyboard is in: a score typed after a crash must not land elsewhere. */
  place(key: string): void {
    this.kept.view = { stage: null, folded: false, ...(this.kept.view as RoomView | null), key };
    this.write();
  }

  hurry(): void {
    this.queue.hurry();
  }

  /** The page is left or hidden. */
  leave(): void {
    this.write();
    this.queue.hurry();
  }

  async sign(password: string, how: SignedBy = {}): Promise<SignReply> {
    if (!(await this.queue.flush())) {
      return { kind: 'failed', message: 'Your last answers are not saved yet, so nothing can be signed. Try again when the line above says “saved”.' };
    }
    const sent = { version: this.queue.savedVersion, activeSeconds: this.activeSeconds };
    const reply = await this.certain(await this.api.sign(this.draft, sent, this.display(), password, how));
    if (reply.kind === 'signed') {
      this.stop();
      this.store.forget();
    }
    return reply;
  }

  /** Lock the open stage with what was answered in it. */
  async lock(): Promise<LockReply> {
    if (!(await this.queue.flush())) {
      return { kind: 'failed', message: 'Your last answers are not saved yet, so nothing can be locked. Try again when the line above says “saved”.' };
    }
    const reply = await this.api.lock(this.draft, { version: this.queue.savedVersion, activeSeconds: this.activeSeconds }, this.display());
    if (reply.kind === 'locked') {
      this.stop();
      this.store.forget();
    }
    return reply;
  }

  /** An answer that was lost on the way may have been a yes: ask before saying no. */
  private async certain(reply: SignReply): Promise<SignReply> {
    if (reply.kind !== 'failed') return reply;
    try {
      return isSigned(await this.api.load()) ? { kind: 'signed', next: await this.api.next() } : reply;
    } catch {
      return reply;
    }
  }

  private signedElsewhere(): void {
    this.store.forget();
    this.parts.onSignedElsewhere();
  }

  stop(): void {
    this.queue.stop();
    if (this.lookTimer !== null) clearTimeout(this.lookTimer);
    this.lookTimer = null;
  }

  private confirmed(draft: Draft, version: number): void {
    const same = draft === this.draft;
    Object.assign(this.kept, { base: draft.answers, version, dirty: !same });
    this.write();
  }

  private async settle(theirs: Draft): Promise<Draft> {
    const merged = merge(this.kept.base, this.draft, theirs);
    const draft = merged.clashes.length > 0 ? await this.parts.ask(merged) : merged.draft;
    this.draft = draft;
    Object.assign(this.kept, { draft, base: theirs.answers, dirty: true });
    this.write();
    this.parts.adopt(draft);
    return draft;
  }

  private write(): void {
    this.kept.activeSeconds = this.activeSeconds;
    try {
      this.store.write(this.kept);
    } catch {
      this.parts.onStatus({ state: 'unsaved', since: Date.now(), why: 'no copy' });
    }
  }
}
