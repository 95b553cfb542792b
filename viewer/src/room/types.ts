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
  id?: string;
  name: string;
  window: number | null;
  level: number | null;
  /** The series roles that it is for; all when empty. */
  series?: string[];
}

/** One pane of a layout of the plan. `at` is a time point's label, or the one that moves with the form. */
export interface HungPane {
  series: string;
  at: string;
  plane: 'acquired' | 'axial' | 'coronal' | 'sagittal';
  /** The role that it lies over in colour. */
  under: string | null;
  preset: string | null;
  inverted: boolean;
}

export interface HungLayout {
  id: string;
  name: string;
  rows: (HungPane | null)[][];
  tool: 'window' | 'zoom' | 'pan' | 'length' | 'angle' | 'crosshair';
  crosshair: boolean;
  lines: boolean;
  cine: boolean;
}

export type Linking = 'position' | 'same series' | 'off';

/** The plan's hanging protocols. */
export interface Hang {
  layouts: HungLayout[];
  link: Linking;
  screen: { megapixels: number; grey_check_days: number };
}

export type MeasureKind =
  | 'length' | 'long_axis' | 'short_axis' | 'angle' | 'area' | 'mean' | 'sd' | 'min' | 'max' | 'suv_mean' | 'suv_max' | 'adc' | 'count';
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
  /** Puts a measured value (mm, mm2, mm2/s) into the unit of the question. */
  measure_factor?: number;
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
  /** A group that repeats: the item says how many rows there are, `beyond` stands in the others. */
  repeat?: { item: string; beyond: string } | null;
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

export type ShapeKind = 'length' | 'bidirectional' | 'angle' | 'ellipse' | 'rectangle' | 'polygon' | 'points';

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
  /** All answers that it fills, where there are several (the two axes of a lesion). */
  items?: string[];
}

export interface AdjudicationView {
  /** `choose`: one of the two reads is to stand. */
  how?: 'choose';
  reads: { choice?: string; label: string; answers: Answers; measurements?: Measurement[] }[];
  reasons: string[];
  choice?: string | null;
  reason?: string;
}

/** Which part of a case is open now; what is locked stays as it is. */
export interface Stage {
  number: number;
  of: number;
  kind: 'time point' | 'global';
  labels: string[];
  locked: string[];
  may_change: string[];
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
  hang?: Hang | null;
  presets: Preset[];
  form: FormDocument;
  answers: Answers;
  measurements: Measurement[];
  version: number;
  active_seconds?: number;
  adjudication: AdjudicationView | null;
  /** Do the keys of answers carry their time point's label (`A:normal`)? */
  prefixed?: boolean;
  stage?: Stage | null;
  /** The reader's own signed answers at earlier visits, the oldest first. */
  prior?: { label: string; answers: Answers }[];
  /** The readers who sign a consensus beside the one who is logged in. */
  signers?: string[];
  /** What may be told on the side without leaving the blind. */
  may_report?: string[];
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
