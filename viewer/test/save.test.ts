import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { localCopy } from '../src/room/save/local';
import { merge, resolve } from '../src/room/save/merge';
import { DELAY, SaveQueue, type SaveReply, type SaveStatus } from '../src/room/save/queue';
import type { Answers, Draft, Measurement } from '../src/room/types';

const draft = (answers: Answers, measurements: Measurement[] = []): Draft => ({ answers, measurements });
const shape = (id: string, value: number): Measurement => ({ id, kind: 'length', image: '/x', points: [], value, unit: 'mm', stats: null, item: null });

/** A queue before a server whose replies are given in order; the last one is repeated. */
function setUp(replies: SaveReply[]) {
  const seen: { sent: { answers: Answers; version: number }[]; status: string[]; now: Draft } = { sent: [], status: [], now: draft({}) };
  const queue = new SaveQueue(
    {
      put: async (d, version) => {
        seen.sent.push({ answers: d.answers, version });
        return replies.length > 1 ? replies.shift()! : replies[0]!;
      },
      current: () => seen.now,
      settle: async (theirs) => (seen.now = merge({}, seen.now, theirs).draft),
      onStatus: (s: SaveStatus) => seen.status.push(s.state === 'unsaved' ? s.why : s.state),
      onSaved: () => undefined,
      onSignedElsewhere: () => seen.status.push('signed elsewhere'),
      now: () => Date.now(),
    },
    1,
  );
  const change = (answers: Answers): void => {
    seen.now = draft(answers);
    queue.change();
  };
  return { queue, seen, change };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('autosave', () => {
  test('a change reaches the server within a second', async () => {
    const { seen, change } = setUp([{ kind: 'saved', version: 2 }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);

    expect(DELAY).toBeLessThan(1000);
    expect(seen.sent).toEqual([{ answers: { a: 1 }, version: 1 }]);
    expect(seen.status).toEqual(['saving', 'saved']);
  });

  test('typing on does not put it off', async () => {
    const { seen, change } = setUp([{ kind: 'saved', version: 2 }]);
    for (let i = 0; i < 20; i += 1) {
      change({ a: i });
      await vi.advanceTimersByTimeAsync(100);
    }

    expect(seen.sent.length).toBeGreaterThanOrEqual(3);
  });

  test('the next save names the version that the last one gave', async () => {
    const { seen, change } = setUp([{ kind: 'saved', version: 7 }, { kind: 'saved', version: 8 }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);
    change({ a: 2 });
    await vi.advanceTimersByTimeAsync(DELAY);

    expect(seen.sent.map((s) => s.version)).toEqual([1, 7]);
  });

  test('off line it tries again with growing pauses, and says so', async () => {
    const { seen, change } = setUp([{ kind: 'offline' }, { kind: 'offline' }, { kind: 'saved', version: 2 }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(seen.sent).toHaveLength(3);
    expect(seen.status).toEqual(['saving', 'offline', 'offline', 'saved']);
  });

  test('back on line it does not wait for the pause', async () => {
    const { queue, seen, change } = setUp([{ kind: 'offline' }, { kind: 'saved', version: 2 }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);
    queue.hurry();
    await vi.advanceTimersByTimeAsync(0);

    expect(seen.status.at(-1)).toBe('saved');
  });

  test.each<[number, string]>([[401, 'signed out'], [403, 'signed out'], [500, 'server']])('status %i reads as %s', async (status, why) => {
    const { seen, change } = setUp([{ kind: 'refused', status }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);

    expect(seen.status.at(-1)).toBe(why);
  });

  test('a conflict is settled and sent with the version of the server', async () => {
    const { seen, change } = setUp([{ kind: 'conflict', theirs: draft({ b: 2 }), version: 5, signed: false }, { kind: 'saved', version: 6 }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(2 * DELAY);

    expect(seen.sent.at(-1)).toEqual({ answers: { a: 1, b: 2 }, version: 5 });
    expect(seen.status.at(-1)).toBe('saved');
  });

  test('a case that was signed elsewhere is sent no more', async () => {
    const { seen, change } = setUp([{ kind: 'conflict', theirs: draft({}), version: 5, signed: true }]);
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(DELAY);
    change({ a: 2 });
    await vi.advanceTimersByTimeAsync(60_000);

    expect(seen.sent).toHaveLength(1);
    expect(seen.status.at(-1)).not.toBe('saved');
    expect(seen.status).toContain('signed elsewhere');
  });

  test('flush sends at once and says whether all is held', async () => {
    const good = setUp([{ kind: 'saved', version: 2 }]);
    good.change({ a: 1 });
    expect(await good.queue.flush()).toBe(true);
    const bad = setUp([{ kind: 'offline' }]);
    bad.change({ a: 1 });

    expect(await bad.queue.flush()).toBe(false);
  });

  test('after signing nothing is sent', async () => {
    const { queue, seen, change } = setUp([{ kind: 'saved', version: 2 }]);
    queue.stop();
    change({ a: 1 });
    await vi.advanceTimersByTimeAsync(60_000);

    expect(seen.sent).toEqual([]);
  });
});

describe('joining two states', () => {
  test.each<[string, Answers, Answers, Answers, Answers, number]>([
    ['what only one side changed is taken', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 }, { a: 2, b: 3 }, 0],
    ['the same change on both sides is no clash', { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, 0],
    ['different changes clash', { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }, 1],
    ['a blank is a change', { a: 1 }, {}, { a: 1 }, {}, 0],
    ['one blanks, the other changes: a clash', { a: 1 }, {}, { a: 2 }, {}, 1],
  ])('%s', (_, base, mine, theirs, joined, clashes) => {
    const merged = merge(base, draft(mine), draft(theirs));

    expect(merged.draft.answers).toEqual(joined);
    expect(merged.clashes).toHaveLength(clashes);
  });

  test('the reader chooses', () => {
    const merged = merge({ a: 1 }, draft({ a: 2 }), draft({ a: 3 }));

    expect(resolve(merged, () => true).answers).toEqual({ a: 2 });
    expect(resolve(merged, () => false).answers).toEqual({ a: 3 });
  });

  test('measurements of both sides stay, mine where they are the same one', () => {
    const merged = merge({}, draft({}, [shape('m', 2), shape('n', 1)]), draft({}, [shape('m', 1), shape('o', 1)]));

    expect(merged.draft.measurements.map((m) => [m.id, m.value])).toEqual([['m', 2], ['o', 1], ['n', 1]]);
  });
});

describe('the copy on this computer', () => {
  function storage(): Storage {
    const held = new Map<string, string>();
    return { getItem: (k: string) => held.get(k) ?? null, setItem: (k: string, v: string) => held.set(k, v), removeItem: (k: string) => held.delete(k) } as unknown as Storage;
  }
  const kept = { draft: draft({ a: 1 }), base: {}, version: 3, dirty: true, aside: {}, activeSeconds: 5, view: null };

  test('comes back as it was written, and is forgotten when told', () => {
    const copy = localCopy('case', storage());
    copy.write(kept);
    expect(copy.read()).toEqual(kept);
    copy.forget();

    expect(copy.read()).toBeNull();
  });

  test.each(['{"draft": {"ans', '[]', '{"version": "3"}', 'null'])('a copy that is no copy (%s) is passed over', (text) => {
    const held = storage();
    held.setItem('provident.room.case', text);

    expect(localCopy('case', held).read()).toBeNull();
  });
});
