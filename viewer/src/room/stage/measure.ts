import { eventTarget, metaData, type Types } from '@cornerstonejs/core';
import {
  addTool,
  AngleTool,
  annotation,
  EllipticalROITool,
  Enums,
  LengthTool,
  RectangleROITool,
} from '@cornerstonejs/tools';

import type { Measurement, ShapeKind, Stats } from '../types';
import { originShift } from './engine';
import { addressOf } from './images';
import { cross, pixelToWorld, scale, worldToPixel, type Grid } from './pixels';

export const SHAPES: Record<ShapeKind, string> = {
  length: LengthTool.toolName,
  angle: AngleTool.toolName,
  ellipse: EllipticalROITool.toolName,
  rectangle: RectangleROITool.toolName,
};

interface CachedStats {
  length?: number;
  angle?: number;
  unit?: string;
  area?: number;
  areaUnit?: string;
  mean?: number;
  stdDev?: number;
  min?: number;
  max?: number;
  modalityUnit?: string;
}

interface Drawn {
  annotationUID?: string;
  metadata?: { toolName?: string; referencedImageId?: string };
  data: { handles?: { points?: Types.Point3[] }; cachedStats?: Record<string, CachedStats> };
}

const one = (n: number | undefined): string => (n === undefined || Number.isNaN(n) ? '–' : n.toFixed(1));
const plain = (unit: string | undefined): string => (unit ?? 'px').replace(/ .*$/, '');

/** The words beside a shape on the image. */
const TEXT: Record<ShapeKind, (s: CachedStats) => string[]> = {
  length: (s) => [`${one(s.length)} ${plain(s.unit)}`],
  angle: (s) => [`${one(s.angle)}°`],
  ellipse: roiText,
  rectangle: roiText,
};

function roiText(s: CachedStats): string[] {
  return [
    `mean ${one(s.mean)} ± ${one(s.stdDev)}`,
    `min ${one(s.min)} · max ${one(s.max)}`,
    `${one(s.area)} ${plain(s.areaUnit)}`,
  ];
}

/** Register the measuring tools once; their configuration goes to each tool group. */
export function registerShapes(): void {
  for (const tool of [LengthTool, AngleTool, EllipticalROITool, RectangleROITool]) addTool(tool);
  const style = annotation.config.style.getDefaultToolStyles();
  annotation.config.style.setDefaultToolStyles({
    ...style,
    global: {
      ...(style as { global?: object }).global,
      color: '#ffd166', colorHighlighted: '#ffe3a1', colorSelected: '#ffd166', colorLocked: '#ffd166',
      lineWidth: '2', textBoxColor: '#ffd166', textBoxColorHighlighted: '#ffe3a1', textBoxColorSelected: '#ffd166',
      textBoxFontFamily: 'Inter Variable, system-ui, sans-serif', textBoxFontSize: '14px', textBoxLinkLineWidth: '1',
    },
  } as Parameters<typeof annotation.config.style.setDefaultToolStyles>[0]);
}

export function shapeConfiguration(kind: ShapeKind): Record<string, unknown> {
  return {
    getTextLines: (data: Drawn['data'], target: string) => {
      const stats = data.cachedStats?.[target];
      return stats ? TEXT[kind](stats) : undefined;
    },
  };
}

/**
 * The measurements of a case: those drawn, as the server stores them, and those stored, drawn
 * again when their image is shown (its geometry is only known then).
 */
export class Measurements {
  private readonly known = new Map<string, Measurement>();
  private readonly undrawn = new Map<string, Measurement>();

  constructor(
    stored: Measurement[],
    private readonly onChange: (measurement: Measurement, finished: boolean) => void,
    private readonly onGone: (measurement: Measurement) => void,
  ) {
    for (const m of stored) {
      this.known.set(m.id, m);
      this.undrawn.set(m.id, m);
    }
    const { ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED } = Enums.Events;
    this.on(ANNOTATION_COMPLETED, (a) => requestAnimationFrame(() => this.take(a, true)));
    this.on(ANNOTATION_MODIFIED, (a) => this.take(a, false));
    this.on(ANNOTATION_REMOVED, (a) => this.drop(a));
  }

  private readonly undo: (() => void)[] = [];

  private on(name: string, act: (drawn: Drawn) => void): void {
    const listener = ((e: CustomEvent<{ annotation: Drawn }>) => act(e.detail.annotation)) as EventListener;
    eventTarget.addEventListener(name, listener);
    this.undo.push(() => eventTarget.removeEventListener(name, listener));
  }

  all(): Measurement[] {
    return [...this.known.values()];
  }

  /** Say which answer a measurement gave. */
  bind(id: string, item: string | null): void {
    const m = this.known.get(id);
    if (m) this.known.set(id, { ...m, item });
  }

  get(id: string): Measurement | undefined {
    return this.known.get(id);
  }

  /** The last one drawn, or the one that is selected. */
  current(): Measurement | undefined {
    const selected = annotation.selection.getAnnotationsSelected().map((uid) => this.known.get(uid)).find(Boolean);
    return selected ?? this.all().at(-1);
  }

  remove(id: string): void {
    annotation.state.removeAnnotation(id);
  }

  /** Draw what is stored for this image, now that its geometry is known. */
  redraw(image: string, element: HTMLDivElement): void {
    const address = addressOf(image);
    for (const m of this.undrawn.values()) {
      if (m.image !== address) continue;
      this.undrawn.delete(m.id);
      const grid = gridOf(image);
      if (grid) annotation.state.addAnnotation(asAnnotation(m, image, grid) as never, element);
    }
  }

  /** Leave the case: its shapes go, its record stays with the server. */
  clear(): void {
    for (const act of this.undo) act();
    annotation.state.removeAllAnnotations();
  }

  private take(drawn: Drawn, finished: boolean): void {
    const id = drawn.annotationUID;
    const before = id ? this.known.get(id) : undefined;
    if (!id || (!finished && !before)) return;
    const m = asMeasurement(drawn, before?.item ?? null);
    if (!m || (before && JSON.stringify(before) === JSON.stringify(m))) return;
    this.known.set(id, m);
    this.onChange(m, finished);
  }

  private drop(drawn: Drawn): void {
    const m = this.known.get(drawn.annotationUID ?? '');
    if (!m) return;
    this.known.delete(m.id);
    this.onGone(m);
  }
}

function gridOf(image: string): Grid | null {
  const plane = metaData.get('imagePlaneModule', image) as
    | { imagePositionPatient?: number[]; rowCosines?: number[]; columnCosines?: number[]; columnPixelSpacing?: number; rowPixelSpacing?: number }
    | undefined;
  if (!plane) return null;
  return {
    origin: plane.imagePositionPatient ?? [0, 0, 0],
    row: plane.rowCosines ?? [1, 0, 0],
    column: plane.columnCosines ?? [0, 1, 0],
    spacing: [plane.columnPixelSpacing ?? 1, plane.rowPixelSpacing ?? 1],
    shift: originShift(),
  };
}

function kindOf(drawn: Drawn): ShapeKind | undefined {
  const name = drawn.metadata?.toolName;
  return (Object.keys(SHAPES) as ShapeKind[]).find((k) => SHAPES[k] === name);
}

function asMeasurement(drawn: Drawn, item: string | null): Measurement | null {
  const kind = kindOf(drawn);
  const image = drawn.metadata?.referencedImageId;
  const stats = Object.values(drawn.data.cachedStats ?? {})[0];
  const grid = image ? gridOf(image) : null;
  if (!kind || !image || !stats || !grid || !drawn.annotationUID) return null;
  const value = kind === 'length' ? stats.length : kind === 'angle' ? stats.angle : stats.mean;
  if (value === undefined || Number.isNaN(value)) return null;
  const points = (drawn.data.handles?.points ?? []).map((p) => worldToPixel(p, grid));
  const unit = kind === 'length' ? plain(stats.unit) : kind === 'angle' ? 'deg' : (stats.modalityUnit ?? '');
  return { id: drawn.annotationUID, kind, image: addressOf(image), points, value: round(value), unit, stats: roiStats(kind, stats), item };
}

function roiStats(kind: ShapeKind, s: CachedStats): Stats | null {
  if (kind === 'length' || kind === 'angle') return null;
  const inMm = plain(s.areaUnit).startsWith('mm');
  return { mean: round(s.mean), sd: round(s.stdDev), min: round(s.min), max: round(s.max), area_mm2: inMm ? round(s.area) : null };
}

const round = (n: number | undefined): number => Math.round((n ?? 0) * 1000) / 1000;

function asAnnotation(m: Measurement, image: string, grid: Grid): object {
  const plane = metaData.get('imagePlaneModule', image) as { frameOfReferenceUID?: string } | undefined;
  return {
    annotationUID: m.id,
    highlighted: false,
    invalidated: true,
    isLocked: false,
    isVisible: true,
    metadata: {
      toolName: SHAPES[m.kind],
      referencedImageId: image,
      FrameOfReferenceUID: plane?.frameOfReferenceUID,
      viewPlaneNormal: scale(cross(grid.row, grid.column), -1), // towards the reader, as Cornerstone's camera
      viewUp: scale(grid.column, -1),
    },
    data: {
      label: '',
      handles: { points: m.points.map((p) => pixelToWorld(p, grid)), activeHandleIndex: null, textBox: { hasMoved: false } },
      cachedStats: {},
    },
  };
}
