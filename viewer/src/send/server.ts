// All that is said to the platform. Nothing identifiable is among it: settings, the wrapped key, keyed codes,
// manifests of what was de-identified, and its bytes.
import type { Settings, WrappedKey } from './protocol';

/** The platform says no, in words for people. */
export class Says extends Error {
  constructor(
    words: string,
    readonly status: number,
  ) {
    super(words);
  }
}
/** The platform does not answer. */
export class Away extends Error {}

export interface Announced {
  transfer: string;
  state: string;
  have: string[];
}

export interface ReceiptLine {
  sop_uid: string;
  sha256: string;
  state: string;
  code?: string;
}

export interface Receipt {
  receipt: { manifest: string; instances: ReceiptLine[] };
  pk: number;
}

export interface Whose {
  known: 'new' | 'same' | 'another' | 'other';
  owner: string;
}

export class Server {
  constructor(
    private readonly base: string,
    private readonly csrf: string,
  ) {}

  settings(): Promise<Settings> {
    return this.said('settings', { method: 'GET' });
  }

  keepKey(act: string, wrapped: WrappedKey, reason = ''): Promise<{ namespace: number; check: string }> {
    return this.posted('key', { act, wrapped, reason });
  }

  whose(participant: string, person: string, namespace: string): Promise<Whose> {
    return this.posted('whose', { participant, person, namespace });
  }

  announce(told: { manifest: string; person: string; namespace: string; same_person: string }): Promise<Announced> {
    return this.posted('transfers', told);
  }

  send(transfer: string, instances: readonly { sha256: string; bytes: Blob }[], stop: AbortSignal): Promise<{ instances: { sha256: string; state: string; code?: string }[] }> {
    const boundary = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
    const pieces = instances.flatMap(({ sha256, bytes }) => [
      `--${boundary}\r\nContent-Type: application/dicom\r\nContent-ID: <${sha256}>\r\nContent-Length: ${bytes.size}\r\n\r\n`,
      bytes,
      '\r\n',
    ]);
    return this.said(`transfers/${transfer}/instances`, {
      method: 'POST',
      body: new Blob([...pieces, `--${boundary}--\r\n`]),
      headers: { 'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
      signal: stop,
    });
  }

  complete(transfer: string): Promise<Receipt> {
    return this.posted(`transfers/${transfer}/complete`, {});
  }

  private posted<T>(path: string, body: object): Promise<T> {
    return this.said(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  }

  private async said<T>(path: string, init: RequestInit): Promise<T> {
    let answer: Response;
    try {
      const headers = { ...(init.headers as Record<string, string>), 'X-CSRFToken': this.csrf, Accept: 'application/json' };
      answer = await fetch(`${this.base}api/${path}`, { ...init, headers, credentials: 'same-origin' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Away();
    }
    if (answer.status >= 500) throw new Away();
    const told = (await answer.json().catch(() => null)) as (T & { message?: string }) | null;
    if (answer.status === 401 || answer.status === 403 || !told) {
      throw new Says(told?.message ?? 'You are logged out, or may not send any more. Log in again in another tab, then go on here.', answer.status);
    }
    if (!answer.ok) throw new Says(told.message ?? `The platform answered ${answer.status}.`, answer.status);
    return told;
  }
}
