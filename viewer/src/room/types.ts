/** What the reading room and the server say to each other (docs/explanation/architecture.md). */

export type Value = number | string;
export type Answers = Record<string, Value>;
export type Rendering = 'webgl' | 'cpu';

export interface Series {
  id: string;
  role: string;
  label: string;
  images: string[];
}

export interface TimePoint {
  label: string;
  series: Series[];
}

export interface Preset {
  name: string;
  window: number | null;
  level: number | null;
}

export type MeasureKind = 'length' | 'angle' | 'mean';
export type FieldType = 'choice' | 'integer' | 'number' | 'text';

export interface Choice {
  value: Value;
  label: string;
}

/** What one answer may be: an item or a column of a grid. */
export interface FieldSpec {
  id: string;
  type: FieldType;
  min?: number;
  max?: number;
  unit?: string;
  /** Digits after the point that a number takes. */
  decimals?: number;
  /** Most characters of a text. */
  max_length?: number;
  choices?: Choice[];
  missing?: string[];
  measure?: MeasureKind;
  required?: boolean;
}

export interface ItemBlock extends FieldSpec {
  kind: 'item';
  ask: string;
  help?: string;
}

export interface GridColumn extends FieldSpec {
  label: string;
}

export interface Gate {
  item: string;
  when: Value;
  fill: Value;
}

export interface GridBlock {
  kind: 'grid';
  id: string;
  title?: string;
  gate?: Gate | null;
  rows: { id: string; label: string }[];
  columns: GridColumn[];
}

export type Block = ItemBlock | GridBlock;

export interface FormDocument {
  id: string;
  title: string;
  scope?: 'timepoint' | 'case';
  missing: Record<string, string>;
  blocks: Block[];
}

export type ShapeKind = 'length' | 'angle' | 'ellipse' | 'rectangle';

export interface Stats {
  mean: number;
  sd: number;
  min: number;
  max: number;
  area_mm2: number | null;
}

export interface Measurement {
  id: string;
  kind: ShapeKind;
  image: string;
  /** [x, y] in image pixels: (0, 0) is the outer corner of the first pixel, as in DICOM SCOORD. */
  points: [number, number][];
  value: number;
  unit: string;
  stats: Stats | null;
  item: string | null;
}

export interface AdjudicationView {
  reads: { label: string; answers: Answers }[];
  reasons: string[];
}

export interface CaseDocument {
  token: string;
  study: string;
  number: number;
  of: number;
  minutes_left: number | null;
  blind_to: string[];
  role: string;
  phase: string;
  timepoints: TimePoint[];
  layout: (string | null)[][];
  presets: Preset[];
  form: FormDocument;
  answers: Answers;
  measurements: Measurement[];
  version: number;
  active_seconds?: number;
  adjudication: AdjudicationView | null;
}

export interface Finding {
  code: string;
  severity: string;
  where: { uid?: string | null; file?: string | null };
  message: string;
  expected?: string;
  found?: string;
  remedy?: string;
}

/** The answers as they stand: what is saved, and what is signed. */
export interface Draft {
  answers: Answers;
  measurements: Measurement[];
}
