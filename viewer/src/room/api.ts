import type { SaveReply } from './save/queue';
import type { DisplayRecord } from './display';
import type { CaseDocument, Draft, Finding } from './types';

export type SignReply =
  | { kind: 'signed'; next: string | null }
  | { kind: 'findings'; findings: Finding[] }
  | { kind: 'wrong password'; message: string }
  | { kind: 'failed'; message: string };

/** The server refused a page or could not be reached; the message is for the reader. */
export class Unavailable extends Error {}

const SIGNED = new Set(['signed', 'locked', 'submitted']);

/** Can nothing be changed in this case any more? */
export const isSigned = (doc: { phase?: string | undefined }): boolean => SIGNED.has(doc.phase ?? '');

/** `/read/room/<token>` to `/read/api/case/<token>`. */
export function caseAddress(room: string): string {
  return room.replace(/\/read\/room\/([^/?#]+).*$/, '/read/api/case/$1');
}

/** What signing asks for beside one's own password. */
export interface SignedBy {
  signers?: { code: string; username: string; password: string }[];
  choice?: string;
  reason?: string;
}

export type LockReply = { kind: 'locked' } | { kind: 'findings'; findings: Finding[] } | { kind: 'failed'; message: string };

const stamp = (sent: Sent): { version: number; active_seconds: number } => ({ version: sent.version, active_seconds: sent.activeSeconds });

interface Sent {
  version: number;
  activeSeconds: number;
}

/** The reading room's calls to its server, all in the reader's session. */
export class ReadingApi {
  constructor(
    private readonly csrf: string,
    readonly address: string,
  ) {}

  /** The API of another case in the same session. */
  at(address: string): ReadingApi {
    return new ReadingApi(this.csrf, address);
  }

  async load(purpose?: 'prefetch'): Promise<CaseDocument> {
    const response = await this.ask('GET', this.address, undefined, purpose ? { 'X-Purpose': purpose } : {});
    if (!response.ok) throw new Unavailable(refusal(response.status));
    return (await response.json()) as CaseDocument;
  }

  async save(draft: Draft, sent: Sent, display: DisplayRecord): Promise<SaveReply> {
    const body = { ...draft, ...stamp(sent), display };
    let response: Response;
    try {
      response = await this.ask('PUT', `${this.address}/answers`, body);
    } catch {
      return { kind: 'offline' };
    }
    return saveReply(response);
  }

  /** Sign; `how` is what goes with the password: those who sign along, or the read that is chosen. */
  async sign(draft: Draft, sent: Sent, display: DisplayRecord, password: string, how: SignedBy = {}): Promise<SignReply> {
    const chosen = how.choice === undefined ? { ...draft, signers: how.signers } : { choice: how.choice, reason: how.reason ?? '' };
    const verb = how.choice === undefined ? 'submit' : 'choose';
    let response: Response;
    try {
      response = await this.ask('POST', `${this.address}/${verb}`, { ...chosen, ...stamp(sent), display, password });
    } catch {
      return { kind: 'failed', message: 'The server was not reached. Nothing is signed yet: try again when you are on line.' };
    }
    return signReply(response);
  }

  /** Lock the stage that is open, so that the next can be shown. */
  async lock(draft: Draft, sent: Sent, display: DisplayRecord): Promise<LockReply> {
    try {
      return await lockReply(await this.ask('POST', `${this.address}/lock`, { ...draft, ...stamp(sent), display }));
    } catch {
      return { kind: 'failed', message: 'The server was not reached. Nothing is locked yet: try again when you are on line.' };
    }
  }

  /** Tell of something on the side; words for the reader when it was not taken. */
  async report(kind: string, label: string, text: string): Promise<string | null> {
    try {
      const response = await this.ask('POST', `${this.address}/report`, { kind, label, text });
      return response.ok ? null : `It was not sent. ${refusal(response.status)}`;
    } catch {
      return 'The server was not reached, so that nobody was told. Try again, or telephone the study office.';
    }
  }

  /** The room of the case that comes after this one, or null. */
  async next(): Promise<string | null> {
    const response = await this.ask('GET', this.address.replace(/\/case\/([^/]*)$/, '/next?token=$1'));
    if (!response.ok) return null;
    return ((await response.json()) as { next: string | null }).next;
  }

  private ask(method: string, address: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', 'X-CSRFToken': this.csrf, ...more };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return fetch(address, {
      method,
      headers,
      credentials: 'same-origin',
      redirect: 'manual', // a redirect is the log-in page: the session has ended
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

async function saveReply(response: Response): Promise<SaveReply> {
  if (response.ok) return { kind: 'saved', version: ((await response.json()) as { version: number }).version };
  if (response.status !== 409) return { kind: 'refused', status: response.status || 401 };
  const theirs = (await response.json()) as Partial<CaseDocument>;
  return {
    kind: 'conflict',
    version: theirs.version ?? 0,
    // A refusal that shows no answers says that there is nothing to change any more.
    signed: isSigned(theirs) || theirs.answers === undefined,
    theirs: { answers: theirs.answers ?? {}, measurements: theirs.measurements ?? [] },
  };
}

async function lockReply(response: Response): Promise<LockReply> {
  if (response.ok) return { kind: 'locked' };
  const body = (await response.json().catch(() => ({}))) as { findings?: Finding[]; stage?: number };
  if (response.status === 422) return { kind: 'findings', findings: body.findings ?? [] };
  if (response.status === 409 && body.stage !== undefined) return { kind: 'locked' }; // the answer before was lost on its way
  if (response.status === 409) return { kind: 'failed', message: 'This case changed elsewhere since you opened it. Look at the answers, and lock again.' };
  return { kind: 'failed', message: `Not locked. ${refusal(response.status)}` };
}

async function signReply(response: Response): Promise<SignReply> {
  if (response.ok) return { kind: 'signed', next: ((await response.json()) as { next: string | null }).next };
  if (response.status === 422) {
    return { kind: 'findings', findings: ((await response.json()) as { findings: Finding[] }).findings };
  }
  if (response.status === 403) {
    const { message } = (await response.json().catch(() => ({}))) as { message?: string };
    return { kind: 'wrong password', message: message ? `${message} Nothing is signed.` : 'This is not your password. Nothing is signed.' };
  }
  if (response.status === 409) {
    return { kind: 'failed', message: 'This case changed elsewhere since you opened it. Close this window, look at the answers, and sign again.' };
  }
  return { kind: 'failed', message: `Not signed. ${refusal(response.status)}` };
}

function refusal(status: number): string {
  if (status === 0 || status === 401 || status === 403) return 'You are signed out, or this case is not yours. Sign in again from your worklist.';
  if (status === 404) return 'There is no such case in your worklist.';
  if (status === 429) return 'Too many tries. Wait a few minutes, then try again.';
  return `The server answered with error ${status}. Try again in a minute; your answers are kept on this computer.`;
}
