// What the page and its workers say to one another, and what the server tells the page.

export interface EngineFiles {
  python: string; // the folder of Pyodide
  archive: string;
  integrity: string;
}

export interface VisitWindow {
  visit: string;
  label: string;
  timepoint: string;
  low: number;
  high: number;
}

export interface SlotTold {
  visit: string;
  visit_label: string;
  kind: string;
  kind_label: string;
  state: string;
  opens: string;
  closes: string;
}

export interface ParticipantTold {
  code: string;
  anchor: string;
  active: boolean;
  missing: string[];
  slots: SlotTold[];
}

export interface WrappedKey {
  format: string;
  version: number;
  study: string;
  site: string;
  namespace: string;
  kdf: { name: string; iterations: number; salt: string };
  cipher: { name: string; nonce: string; sealed: string };
  check: string;
}

export interface Settings {
  study: string;
  site: string;
  site_name: string;
  open: boolean;
  plan: { version: string; hash: string };
  anchor: string;
  profile: Record<string, unknown>;
  visits: VisitWindow[];
  kinds: Record<string, { label: string; modalities: string[] }>;
  participants: ParticipantTold[];
  key: WrappedKey | null;
  gateway_has_sent: boolean;
}

/** What a header tells (glance.py); identifiable, for the person at the page alone. */
export interface Glance {
  reason: string;
  explanation: string;
  patient: string;
  issuer: string;
  name: string;
  born: string;
  study: string;
  series: string;
  instance: string;
  modality: string;
  number: string;
  order: string;
  acquired: string;
  deidentified_before: boolean;
}

export interface VisitMatch {
  visit: string | null;
  label: string;
  day: number;
  in_window: boolean;
  days_outside: number;
}

/** An output that may leave. */
export interface Made {
  study_uid: string;
  series_uid: string;
  sop_uid: string;
  modality: string;
  number: string;
  description: string;
  protocol: string;
  volume: boolean;
  sha256: string;
  size: number;
}

export interface Waits {
  reason: string;
  explanation: string;
  words: string[];
}

export interface ExamToMake {
  participant: string;
  anchor: string;
  acquired: string;
}

export type Ask =
  | { ask: 'load'; engine: EngineFiles }
  | { ask: 'unlock'; settings: string; secret: Uint8Array }
  | { ask: 'glance'; file: Blob }
  | { ask: 'begin'; exam: ExamToMake }
  | { ask: 'make'; file: Blob; stands: boolean }
  | { ask: 'person'; issuer: string; patient: string }
  | { ask: 'visit'; anchor: string; acquired: string }
  | { ask: 'manifest'; told: string };

export type Answer =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; kind: 'refused' | 'broken'; words: string };

export interface MadeFile {
  made: Made | null;
  waits: Waits | null;
  bytes: ArrayBuffer | null;
}
