import { describe, expect, it } from 'vitest';

import { linesByLength } from '../src/send/detector';
import { mac, readKeyFile, unwrap, wrap, WrongPassphrase } from '../src/send/keys';
import { strength, suggestion } from '../src/send/passphrase';
import { look, type Described } from '../src/send/pixels';
import type { Glance, ParticipantTold, SlotTold } from '../src/send/protocol';
import { batched, sendExam, Stopped } from '../src/send/sender';
import { Away, type Server } from '../src/send/server';
import { sorted, standing, verdict } from '../src/send/sort';
import { mayBeDicom } from '../src/send/sources';
import { entries } from '../src/send/zip';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const hex = (raw: Uint8Array): string => Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('');

describe('the key', () => {
  it('is hashed as by SiteKey.mac in Python', async () => {
    // from provident.deid import SiteKey; SiteKey(bytes(range(32))).mac("person", "LTH", "123").hex()
    expect(hex(await mac(secret, '1', 'person', 'LTH', '123'))).toBe(
      '0ae00fa9ee1efc5cae0b908c30e58d621bfdabeb809aa890f1c5f4f87bc757eb',
    );
  });

  it('opens with its passphrase alone', async () => {
    const told = await wrap({ secret, namespace: '1' }, 'violin harbour zebra', 's', 'x', 600_000);
    expect(hex((await unwrap(told, ' violin harbour zebra ')).secret)).toBe(hex(secret));
    await expect(unwrap(told, 'violin harbour zebro')).rejects.toThrow(WrongPassphrase);
    await expect(unwrap({ ...told, site: 'y' }, 'violin harbour zebra')).rejects.toThrow(WrongPassphrase);
    expect(() => readKeyFile(JSON.stringify(told), 's', 'y')).toThrow('not of this site');
    expect(() => readKeyFile('{}', 's', 'x')).toThrow('no wrapped site key');
  });
});

describe('a passphrase', () => {
  it.each(['short', 'aaaaaaaaaaaaaaaa', '123456789012345', 'leeds hospital 2026', 'password password', 'qwertyuiopasdf'])(
    '%s is too weak',
    (given) => expect(strength(given, ['leeds']).enough).toBe(false),
  );
  it.each(['correct horse battery staple', 'x8$Kq2!zP0wEn57', 'mein Hund frisst gerne Kuchen'])('%s is enough', (given) =>
    expect(strength(given).enough).toBe(true),
  );
  it('that is suggested is enough', () => expect(strength(suggestion()).enough).toBe(true));
});

const glance = (more: Partial<Glance>): Glance => ({
  reason: '', explanation: '', patient: '1', issuer: '', name: 'A', born: '', study: '1.2', series: '1.3', instance: '1.4',
  modality: 'MR', number: '1', order: '', acquired: '2026-03-02', deidentified_before: false, ...more,
});
const files = (...those: Partial<Glance>[]) =>
  those.map((more, i) => ({ found: { path: `f${i}`, size: 1, read: () => Promise.resolve(new Blob()) }, blob: new Blob(), glance: glance({ instance: `1.4.${i}`, ...more }) }));
const who: ParticipantTold = { code: 'L-101', anchor: '2026-03-02', active: true, missing: [], slots: [] };

describe('a series', () => {
  it.each([
    ['numbers that start at 2', ['2', '3', '4', '5', '6'], ['2', '4', '6']],
    ['numbers, not their letters', ['101', '100', '102', '99', '98'], ['98', '100', '102']],
    ['images without a number first', ['', '2', '3', '4', 'x'], ['', '2', '4']],
    ['one image', ['7'], ['7']],
  ])('is looked at by its first, middle and last image: %s', (_, orders, stand) => {
    const those = files(...orders.map((order) => ({ order })));
    for (const way of [those, [...those].reverse()]) {
      expect([...standing(way)].map((f) => f.glance.order).sort()).toEqual([...stand].sort());
    }
  });
  it('has images of its own that are looked at', () => {
    const those = files({ order: '1', series: '1.3' }, { order: '9', series: '1.4' });
    expect(standing(those).size).toBe(2);
  });
});

describe('a selection', () => {
  it.each([
    ['several numbers', [{ patient: '1' }, { patient: '2' }]],
    ['several birth dates', [{ born: '19600101' }, { born: '19610101' }]],
    ['several issuers', [{ issuer: 'A' }, { issuer: 'B' }]],
  ])('of %s is refused', (_, those) => {
    expect(sorted(files(...those), who, []).refusal).toContain('several patients');
  });
  it('is one patient where only the spelling differs', () => {
    const found = sorted(files({ patient: 'ab1' }, { patient: 'AB1 ', issuer: 'LTH' }), who, []);
    expect(found.refusal).toBe('');
    expect(found.person?.issuer).toBe('LTH');
  });
  it('takes an image that comes twice once', () => {
    const found = sorted(files({ instance: '1' }, { instance: '1' }), who, []);
    expect(found.studies[0]?.files.length).toBe(1);
    expect(found.left[0]?.words).toContain('same image again');
  });
});

describe('an exam', () => {
  const slot: SlotTold = { visit: 'week12', visit_label: 'Week 12', kind: 'mri', kind_label: 'MRI', state: 'expected', opens: '', closes: '' };
  const study = sorted(files({}), who, []).studies[0]!;
  const match = { visit: 'week12', label: 'Week 12', day: 84, in_window: true, days_outside: 0 };
  it.each([
    [match, ['MR'], 'fits'],
    [{ ...match, in_window: false, days_outside: 3 }, ['MR'], 'outside'],
    [{ ...match, visit: 'baseline', label: 'Baseline' }, ['MR'], 'not'],
    [{ ...match, visit: null }, ['MR'], 'not'],
    [match, ['US'], 'not'],
    [null, ['MR'], 'not'],
  ] as const)('%j of a slot for %s: %s', (given, modalities, state) => {
    expect(verdict(study, given, slot, modalities).state).toBe(state);
  });
});

describe('what is no DICOM', () => {
  it('is told by its first bytes', () => {
    const dicom = new Uint8Array(132);
    dicom.set([0x44, 0x49, 0x43, 0x4d], 128);
    expect(mayBeDicom(dicom)).toBe(true);
    expect(mayBeDicom(Uint8Array.from([8, 0, 5, 0, 10, 0, 0, 0, 0]))).toBe(true);
    expect(mayBeDicom(new TextEncoder().encode('[autorun]\r\nopen=viewer.exe'))).toBe(false);
    expect(mayBeDicom(new Uint8Array())).toBe(false);
  });
  it('and no archive either is refused', async () => {
    await expect(entries(new Blob(['PK\x03\x04 cut off']))).rejects.toThrow();
  });
});

/** Five bars of letter shape on one base. */
function print(side: number, letters: number): Uint8Array {
  const cells = new Uint8Array(side * side).fill(20);
  for (let n = 0; n < letters; n++) {
    for (let row = 20; row < 34; row++) {
      cells[row * side + 20 + n * 12] = cells[row * side + 21 + n * 12] = 230;
      if (row > 31) cells.fill(230, row * side + 20 + n * 12, row * side + 28 + n * 12);
    }
  }
  return cells;
}

describe('the look for text', () => {
  const told: Described = {
    rows: 128, columns: 128, samples: 1, planar: 0, photometric: 'MONOCHROME2', allocated: 8, stored: 8, signed: false,
    frames: 1, settings: [], anatomy: [],
  };
  it('finds a line of letters', () => expect(look(told, print(128, 6))).toBe('text'));
  it('finds nothing on an even image', () => expect(look(told, print(128, 0))).toBe('clear'));
  it('lets stand what a device shows in its own region', () => {
    expect(look({ ...told, settings: [[0, 0, 128, 60]] }, print(128, 6))).toBe('clear');
  });
  it('does not guess where pixels are missing or of another kind', () => {
    expect(look(told, new Uint8Array(10))).toBe('unreadable');
    expect(look({ ...told, photometric: 'PALETTE COLOR' }, print(128, 6))).toBe('unreadable');
    expect(look({ ...told, allocated: 32 }, print(128, 6))).toBe('unreadable');
  });
  it('tells short lines apart', () => {
    const values = Float32Array.from(print(128, 2), (v) => v / 255);
    const [long, short] = linesByLength([{ rows: 128, columns: 128, values }], 1);
    expect([long.length, short.length]).toEqual([0, 1]);
  });
});

describe('sending', () => {
  const leaving = Array.from({ length: 3 }, (_, n) => ({
    made: { sha256: String(n), size: 10 } as never, bytes: new Blob(['x']),
  }));
  const told = { manifest: '{}', person: '', namespace: '1', same_person: '' };
  const server = (have: string[], sent: string[], fails = 0) =>
    ({
      announce: () => (fails-- > 0 ? Promise.reject(new Away()) : Promise.resolve({ transfer: 't', state: '', have })),
      send: (_: string, those: { sha256: string }[]) => Promise.resolve(void sent.push(...those.map((o) => o.sha256))),
      complete: () => Promise.resolve({ pk: 1 }),
    }) as unknown as Server;

  it('sends only what is not there, again after a lost connection', async () => {
    const sent: string[] = [];
    await sendExam(server(['1'], sent, 2), told, leaving, () => undefined, new AbortController().signal, () => Promise.resolve());
    expect(sent.sort()).toEqual(['0', '2']);
  });
  it('stops when told', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(sendExam(server([], []), told, leaving, () => undefined, stop.signal)).rejects.toThrow(Stopped);
  });
  it('bounds its requests', () => {
    const many = Array.from({ length: 120 }, () => leaving[0]!);
    expect(batched(many).map((b) => b.length)).toEqual([50, 50, 20]);
  });
});
