import { cache, eventTarget, metaData, type Types } from '@cornerstonejs/core';
import {
  addTool,
  AngleTool,
  annotation,
  BidirectionalTool,
  EllipticalROITool,
  Enums,
  LengthTool,
  RectangleROITool,
} from '@cornerstonejs/tools';

import type { Measurement, ShapeKind } from '../types';
import { addressOf, gridOf, meaningOfImage, modalityOf, scaleOf, valuesAsShown } from './images';
import { isCut } from './reslice';
import type { Raster } from './roi';
import { shapeOn, words, type Ground, type Shape } from './shapes';
import { cross, pixelToWorld, scale, worldToPixel, type Grid } from './pixels';

/** The shapes that Cornerstone draws; outlines and points are drawn by `freehand`. */
export type ToolShape = Exclude<ShapeKind, 'polygon' | 'points'>;

export const SHAPES: Record<ToolShape, string> = {
  length: LengthTool.toolName,
  bidirectional: BidirectionalTool.toolName,
  angle: AngleTool.toolName,
  ellipse: EllipticalROITool.toolName,
  rectangle: RectangleROITool.toolName,
};

export const isFreehand = (kind: ShapeKind): kind is 'polygon' | 'points' => kind === 'polygon' || kind === 'points';

interface Drawn {
  annotationUID?: string;
  metadata?: { toolName?: string; referencedImageId?: string };
  data: { handles?: { points?: Types.Point3[] } };
}

/** Register the measuring tools once; their configuration goes to each tool group. */
export function registerShapes(): void {
  for (const tool of [LengthTool, BidirectionalTool, AngleTool, EllipticalROITool, RectangleROITool]) addTool(tool);
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

export function shapeConfiguration(kind: ToolShape): Record<string, unknown> {
  return {
    getTextLines: (data: Drawn['data'], target: string | string[]) => {
      const [first = ''] = [target].flat(); // some of Cornerstone's tools give a list
      const shape = measured(kind, data, first.replace(/^imageId:/, ''));
      return shape ? words(kind, shape) : ['outside the image'];
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
    private readonly onRefused: () => void = () => undefined,
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

  /** Say which answers a measurement gave. */
  bind(id: string, items: string[]): void {
    const m = this.known.get(id);
    if (m) this.known.set(id, { ...m, item: items[0] ?? null, ...(items.length > 1 ? { items } : {}) });
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
    const m = this.known.get(id);
    if (m && isFreehand(m.kind)) {
      this.known.delete(id);
      this.onGone(m);
    } else annotation.state.removeAnnotation(id);
  }

  /** Take a shape that was drawn by hand, not with a tool of Cornerstone. */
  put(m: Measurement): void {
    this.known.set(m.id, m);
    this.onChange(m, true);
  }

  /** The shapes on an image that are drawn by hand. */
  freehandOn(image: string): Measurement[] {
    const address = isCut(image) ? '' : addressOf(image);
    return this.all().filter((m) => isFreehand(m.kind) && m.image === address);
  }

  /** Draw what is stored for this image, now that its geometry is known. */
  redraw(image: string, element: HTMLDivElement): void {
    const address = isCut(image) ? '' : addressOf(image);
    for (const m of this.undrawn.values()) {
      if (m.image !== address || isFreehand(m.kind)) continue;
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
    if (isCut(drawn.metadata?.referencedImageId ?? '')) {
      annotation.state.removeAnnotation(id);
      return this.onRefused();
    }
    const m = asMeasurement(drawn, before);
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

function kindOf(drawn: Drawn): ToolShape | undefined {
  const name = drawn.metadata?.toolName;
  return (Object.keys(SHAPES) as ToolShape[]).find((k) => SHAPES[k] === name);
}

function asMeasurement(drawn: Drawn, before: Measurement | undefined): Measurement | null {
  const kind = kindOf(drawn);
  const image = drawn.metadata?.referencedImageId;
  const points = image ? pointsOf(drawn.data, image) : null;
  const made = kind && image && points && drawn.annotationUID ? measurement(drawn.annotationUID, kind, image, points) : null;
  return made && { ...made, item: before?.item ?? null, ...(before?.items ? { items: before.items } : {}) };
}

/** A shape on an image with what it measures; null where that is nothing. */
export function measurement(id: string, kind: ShapeKind, image: string, points: [number, number][]): Measurement | null {
  const shape = shapeOn(kind, points, groundOf(image, points));
  return shape && { id, kind, image: addressOf(image), points, value: shape.value, unit: shape.unit, stats: shape.stats, item: null };
}

function pointsOf(data: Drawn['data'], image: string): [number, number][] | null {
  const grid = gridOf(image);
  return grid && (data.handles?.points ?? []).map((p) => worldToPixel(p, grid));
}

/** What a shape on an image gives; null before it is finished. */
function measured(kind: ShapeKind, data: Drawn['data'], image: string): Shape | null {
  const points = pointsOf(data, image);
  return points && shapeOn(kind, points, groundOf(image, points));
}

/** All that a stored measurement gives, so that it may answer any question that asks for a part of it. */
export function partsOf(m: Measurement, image: string): Shape | null {
  return shapeOn(m.kind, m.points, groundOf(image, m.points));
}

export function groundOf(image: string, points: readonly (readonly [number, number])[]): Ground {
  const scale = scaleOf(image, points);
  return { scale, raster: rasterOf(image, scale.spacing), unit: unitOf(image), meaning: meaningOfImage(image) };
}

/** The pixels of a loaded image, rescaled. */
function rasterOf(image: string, spacing: Raster['spacing']): Raster | null {
  const loaded = cache.getImage(image);
  if (!loaded) return null;
  const { columns, rows } = loaded;
  const stored = loaded.getPixelData();
  const { slope, intercept } = valuesAsShown(image);
  const pixels = slope === 1 && intercept === 0 ? stored : Float32Array.from(stored, (v) => v * slope + intercept);
  return { pixels, columns, rows, samples: Math.max(1, Math.round(pixels.length / (columns * rows))), spacing };
}

/** Hounsfield units for CT; other modalities' numbers have no unit of their own. */
const unitOf = (image: string): string => (modalityOf(image) === 'CT' ? 'HU' : '');

function asAnnotation(m: Measurement, image: string, grid: Grid): object {
  const plane = metaData.get('imagePlaneModule', image) as { frameOfReferenceUID?: string } | undefined;
  return {
    annotationUID: m.id,
    highlighted: false,
    invalidated: true,
    isLocked: false,
    isVisible: true,
    metadata: {
      toolName: SHAPES[m.kind as ToolShape],
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
