import { cache, eventTarget, metaData, type Types } from '@cornerstonejs/core';
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
import { addressOf, gridOf } from './images';
import { roiStats, type Raster } from './roi';
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
}

interface Drawn {
  annotationUID?: string;
  metadata?: { toolName?: string; referencedImageId?: string };
  data: { handles?: { points?: Types.Point3[] }; cachedStats?: Record<string, CachedStats> };
}

const one = (n: number): string => n.toFixed(1);
const plain = (unit: string | undefined): string => (unit ?? 'px').replace(/ .*$/, '');

/** The words beside a shape on the image. */
function words(kind: ShapeKind, value: number, unit: string, stats: Stats | null): string[] {
  if (kind === 'length') return [`${one(value)} ${unit}`];
  if (kind === 'angle') return [`${one(value)}°`];
  if (!stats) return ['outside the image'];
  const area = stats.area_mm2 === null ? [] : [`${one(stats.area_mm2)} mm²`];
  return [`mean ${one(stats.mean)} ± ${one(stats.sd)}`, `min ${one(stats.min)} · max ${one(stats.max)}`, ...area];
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
      const shape = measured(kind, data, target.replace(/^imageId:/, ''));
      return shape ? words(kind, shape.value, shape.unit, shape.stats) : undefined;
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

function kindOf(drawn: Drawn): ShapeKind | undefined {
  const name = drawn.metadata?.toolName;
  return (Object.keys(SHAPES) as ShapeKind[]).find((k) => SHAPES[k] === name);
}

function asMeasurement(drawn: Drawn, item: string | null): Measurement | null {
  const kind = kindOf(drawn);
  const image = drawn.metadata?.referencedImageId;
  const shape = kind && image ? measured(kind, drawn.data, image) : null;
  if (!kind || !image || !shape || !drawn.annotationUID) return null;
  return { id: drawn.annotationUID, kind, image: addressOf(image), ...shape, item };
}

/** What a shape on an image gives; null before it is finished. */
function measured(kind: ShapeKind, data: Drawn['data'], image: string): Pick<Measurement, 'points' | 'value' | 'unit' | 'stats'> | null {
  const grid = gridOf(image);
  if (!grid) return null;
  const points = (data.handles?.points ?? []).map((p) => worldToPixel(p, grid));
  if (kind === 'length' || kind === 'angle') {
    const cached = Object.values(data.cachedStats ?? {})[0];
    const value = kind === 'length' ? cached?.length : cached?.angle;
    if (value === undefined || Number.isNaN(value)) return null;
    return { points, value: round(value), unit: kind === 'length' ? plain(cached?.unit) : 'deg', stats: null };
  }
  const raster = rasterOf(image, grid);
  const stats = raster ? roiStats(kind, points, raster) : null;
  return stats ? { points, value: stats.mean, unit: unitOf(image), stats } : null;
}

function rasterOf(image: string, grid: Grid): Raster | null {
  const loaded = cache.getImage(image);
  if (!loaded) return null;
  const { columns, rows } = loaded;
  const pixels = loaded.getPixelData();
  return { pixels, columns, rows, samples: Math.max(1, Math.round(pixels.length / (columns * rows))), spacing: grid.known ? grid.spacing : null };
}

/** Hounsfield units for CT; other modalities' numbers have no unit of their own. */
function unitOf(image: string): string {
  const series = metaData.get('generalSeriesModule', image) as { modality?: string } | undefined;
  return series?.modality === 'CT' ? 'HU' : '';
}

const round = (n: number): number => Math.round(n * 1000) / 1000;

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
