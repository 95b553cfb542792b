import type { SaveReply } from './save/queue';
import type { CaseDocument, Draft, Finding, Rendering } from './types';

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

  async save(draft: Draft, sent: Sent, rendering: Rendering): Promise<SaveReply> {
    const body = { ...draft, version: sent.version, active_seconds: sent.activeSeconds, display: { rendering } };
    let response: Response;
    try {
      response = await this.ask('PUT', `${this.address}/answers`, body);
    } catch {
      return { kind: 'offline' };
    }
    return saveReply(response);
  }

  async sign(draft: Draft, sent: Sent, password: string): Promise<SignReply> {
    const body = { ...draft, version: sent.version, active_seconds: sent.activeSeconds, password };
    let response: Response;
    try {
      response = await this.ask('POST', `${this.address}/submit`, body);
    } catch {
      return { kind: 'failed', message: 'The server was not reached. Nothing is signed yet: try again when you are on line.' };
    }
    return signReply(response);
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

async function signReply(response: Response): Promise<SignReply> {
  if (response.ok) return { kind: 'signed', next: ((await response.json()) as { next: string | null }).next };
  if (response.status === 422) {
    return { kind: 'findings', findings: ((await response.json()) as { findings: Finding[] }).findings };
  }
  if (response.status === 403) {
    return { kind: 'wrong password', message: 'This is not your password. Nothing is signed.' };
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
