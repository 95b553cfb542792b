import type { Answers, Draft, Measurement } from '../types';

/** What this browser remembers of an unsigned case. */
export interface Kept {
  draft: Draft;
  /** Answers and version that the server last confirmed: what `draft` grew from. */
  base: Answers;
  version: number;
  dirty: boolean;
  aside: Answers;
  activeSeconds: number;
  view: unknown;
}

export interface KeptStore {
  read(): Kept | null;
  write(kept: Kept): void;
  forget(): void;
}

const PREFIX = 'provident.room.';

/** The copy in localStorage, by case token; it holds answers only, and is forgotten once signed. */
export function localCopy(token: string, storage: Storage): KeptStore {
  const name = PREFIX + token;
  return {
    read: () => parse(storage.getItem(name)),
    write: (kept) => storage.setItem(name, JSON.stringify(kept)),
    forget: () => storage.removeItem(name),
  };
}

function parse(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Partial<Kept>;
    return isKept(kept) ? kept : null;
  } catch {
    return null; // a copy cut short by a crash of the browser: the server's state stands
  }
}

function isKept(kept: Partial<Kept>): kept is Kept {
  const draft = kept.draft as Partial<Draft> | undefined;
  return (
    typeof kept.version === 'number' &&
    typeof draft?.answers === 'object' &&
    Array.isArray(draft.measurements as Measurement[] | undefined)
  );
}
