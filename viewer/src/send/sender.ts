// Brings one exam to the platform: announce, send what is not there, complete; the same call after a lost connection
// sends only what is missing.
import { Away, type Receipt, type Server } from './server';
import type { Made } from './protocol';

export interface Leaving {
  made: Made;
  bytes: Blob;
}

export interface Announcement {
  manifest: string;
  person: string;
  namespace: string;
  same_person: string;
}

const POST_INSTANCES = 50; // at most so many instances in one request
const POST_BYTES = 8 * 2 ** 20; // and about so many bytes, unless one instance alone is larger
const LANES = 2;
const TRIES = 5;

export class Stopped extends Error {}

export async function sendExam(
  server: Server,
  announcement: Announcement,
  leaving: readonly Leaving[],
  progress: (bytes: number) => void,
  stop: AbortSignal,
  wait: (ms: number) => Promise<void> = pause,
): Promise<Receipt> {
  const again = <T>(act: () => Promise<T>): Promise<T> => trying(act, stop, wait);
  const { transfer, have } = await again(() => server.announce(announcement));
  const there = new Set(have);
  const missing = leaving.filter(({ made }) => !there.has(made.sha256));
  progress(sum(leaving) - sum(missing));
  const batches = batched(missing);
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const those = batch.map(({ made, bytes }) => ({ sha256: made.sha256, bytes }));
      await again(() => server.send(transfer, those, stop));
      progress(sum(batch));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return again(() => server.complete(transfer));
}

const sum = (those: readonly Leaving[]): number => those.reduce((n, l) => n + l.made.size, 0);

export function batched(those: readonly Leaving[]): Leaving[][] {
  const found: Leaving[][] = [];
  let size = Infinity;
  for (const one of those) {
    const last = found[found.length - 1];
    if (!last || last.length >= POST_INSTANCES || size + one.made.size > POST_BYTES) {
      found.push([one]);
      size = one.made.size;
    } else {
      last.push(one);
      size += one.made.size;
    }
  }
  return found;
}

/** Again after a lost connection, a little later each time; what the platform refuses is not tried again. */
async function trying<T>(act: () => Promise<T>, stop: AbortSignal, wait: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (stop.aborted) throw new Stopped();
    try {
      return await act();
    } catch (error) {
      if (stop.aborted) throw new Stopped();
      if (!(error instanceof Away) || attempt >= TRIES) throw error;
      await wait(500 * 2 ** attempt);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
