import { afterEach, describe, expect, test, vi } from 'vitest';

import { caseAddress, ReadingApi } from '../src/room/api';
import { DEFAULT_RULE, describeDisplay } from '../src/room/display';
import { BINDINGS, dispatch, type Commands } from '../src/room/keys';
import { ActiveTimer } from '../src/room/timer';
import { timeLeft } from '../src/room/ui/header';

describe('keys', () => {
  function press(key: string, place: 'form' | 'images' | 'typing', more: object = {}): string[] {
    const done: string[] = [];
    const commands = new Proxy({} as Commands, {
      get: (_, name) => (...args: unknown[]) => done.push([String(name), ...args].join(' ')),
    });
    dispatch({ key, code: '', altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more } as KeyboardEvent, place, commands);
    return done;
  }

  test.each<[string, 'form' | 'images' | 'typing', object, string[]]>([
    ['2', 'images', {}, ['preset 2']],
    ['2', 'form', {}, []],
    ['2', 'form', { altKey: true, code: 'Digit2' }, ['preset 2']],
    ['PageDown', 'form', {}, ['scroll 1']],
    ['PageUp', 'images', {}, ['scroll -1']],
    ['PageDown', 'form', { shiftKey: true }, ['scroll 10']],
    ['m', 'form', {}, ['tool length']],
    ['M', 'images', {}, ['tool length']],
    ['H', 'images', { shiftKey: true }, ['act flip vertical']],
    ['?', 'form', { shiftKey: true }, ['help']],
    ['Enter', 'form', { ctrlKey: true }, ['sign']],
    ['Enter', 'form', { metaKey: true }, ['sign']],
    ['Enter', 'images', {}, ['magnify']],
    ['l', 'typing', {}, []],
    ['Escape', 'typing', {}, ['between']],
  ])('%s in %s', (key, place, more, expected) => {
    expect(press(key, place, more)).toEqual(expected);
  });

  test('no key has two meanings in one place', () => {
    const keys = BINDINGS.flatMap((b) => b.keys);

    expect(keys.length).toBe(new Set(keys).size);
  });
});

describe('time at work', () => {
  test('counts up to a minute after the last input', () => {
    let now = 0;
    const timer = new ActiveTimer(() => now, 100);
    now = 30_000;
    timer.input();
    expect(timer.seconds()).toBe(130);
    now += 10 * 60_000;

    expect(timer.seconds()).toBe(190);
  });

  test.each([[130, 'about 2 h 10 min left at your pace'], [45, 'about 45 min left at your pace'], [120, 'about 2 h left at your pace'], [0, 'about 0 min left at your pace'], [null, '']])('%s minutes read "%s"', (minutes, text) => {
    expect(timeLeft(minutes)).toBe(text);
  });
});

describe('what the server says', () => {
  afterEach(() => vi.unstubAllGlobals());

  const api = new ReadingApi('token', '/read/api/case/x');
  const answer = (status: number, body: unknown = {}): void => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));
  };
  const sent = { version: 1, activeSeconds: 2 };
  const draft = { answers: {}, measurements: [] };
  const display = describeDisplay('cpu', 1, { width: 2560, height: 1600, depth: 24 }, null, DEFAULT_RULE);

  test('a room has a case', () => {
    expect(caseAddress('/read/room/abc')).toBe('/read/api/case/abc');
  });

  test.each<[number, object, object]>([
    [200, { version: 4 }, { kind: 'saved', version: 4 }],
    [409, { version: 9, answers: { a: 1 }, phase: 'open' }, { kind: 'conflict', version: 9, signed: false, theirs: { answers: { a: 1 }, measurements: [] } }],
    [409, { version: 9, answers: {}, phase: 'signed' }, { kind: 'conflict', version: 9, signed: true, theirs: { answers: {}, measurements: [] } }],
    [409, { error: 'NotReady', message: 'This read is signed' }, { kind: 'conflict', version: 0, signed: true, theirs: { answers: {}, measurements: [] } }],
    [500, {}, { kind: 'refused', status: 500 }],
  ])('saving, %i', async (status, body, expected) => {
    answer(status, body);

    expect(await api.save(draft, sent, display)).toEqual(expected);
  });

  test('saving without a network', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('offline')));

    expect(await api.save(draft, sent, display)).toEqual({ kind: 'offline' });
  });

  test.each<[number, object, string]>([
    [200, { next: '/read/room/y' }, 'signed'],
    [422, { findings: [] }, 'findings'],
    [403, {}, 'wrong password'],
    [409, {}, 'failed'],
    [429, {}, 'failed'],
  ])('signing, %i', async (status, body, kind) => {
    answer(status, body);

    expect((await api.sign(draft, sent, display, 'p')).kind).toBe(kind);
  });

  test.each([401, 404, 500])('a case that is refused with %i says what to do', async (status) => {
    answer(status);

    await expect(api.load()).rejects.toThrow(/worklist|Try again/);
  });
});
