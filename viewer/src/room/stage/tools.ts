import { addTool, Enums, PanTool, ToolGroupManager, WindowLevelTool, ZoomTool } from '@cornerstonejs/tools';

import type { ShapeKind } from '../types';
import { registerShapes, shapeConfiguration, SHAPES, type ToolShape } from './measure';

export type Tool = 'window' | 'zoom' | 'pan' | 'crosshair' | ShapeKind;

/** Tools whose drags are followed by the stage itself, not by Cornerstone. */
export const OWN: readonly Tool[] = ['crosshair', 'polygon', 'points'];
type Theirs = Exclude<Tool, 'crosshair' | 'polygon' | 'points'>;

const NAMES: Record<Theirs, string> = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  ...SHAPES,
};

/** What the mouse does with a tool, in words for the pane. */
export const HINTS: Partial<Record<Tool, string>> = {
  zoom: 'Drag to zoom',
  pan: 'Drag to move',
  crosshair: 'Crosshair: click, drag, or Ctrl and the arrows',
  length: 'Length: drag on the image',
  bidirectional: 'Two axes: drag the longer one, then move the ends of the shorter',
  angle: 'Angle: drag one leg, then click the end of the other',
  ellipse: 'Ellipse: drag from its centre',
  rectangle: 'Box: drag from corner to corner',
  polygon: 'Outline: drag around it',
  points: 'Points: click each one',
};

const GROUP = 'room';
const { Primary, Secondary, Auxiliary } = Enums.MouseBindings;

let registered = false;

function register(): void {
  if (registered) return;
  for (const tool of [WindowLevelTool, ZoomTool, PanTool]) addTool(tool);
  registerShapes();
  registered = true;
}

/** What the mouse does: left the chosen tool, right zoom, middle pan. */
export class Tools {
  private chosen: Tool = 'window';
  private readonly group;

  constructor(viewports: string[], engineId: string, tool: Tool = 'window') {
    register();
    ToolGroupManager.destroyToolGroup(GROUP);
    const group = ToolGroupManager.createToolGroup(GROUP);
    if (!group) throw new Error('The tool group could not be made');
    this.group = group;
    for (const tool of ['window', 'zoom', 'pan'] as const) group.addTool(NAMES[tool]);
    for (const kind of Object.keys(SHAPES) as ToolShape[]) {
      group.addTool(NAMES[kind], shapeConfiguration(kind));
      group.setToolPassive(NAMES[kind]);
    }
    for (const id of viewports) group.addViewport(id, engineId);
    this.choose(tool);
  }

  get current(): Tool {
    return this.chosen;
  }

  choose(tool: Tool): void {
    for (const name of Object.values(NAMES)) this.group.setToolPassive(name, { removeAllBindings: true });
    this.chosen = tool;
    const bindings = new Map<string, number[]>([
      [NAMES.zoom, [Secondary]],
      [NAMES.pan, [Auxiliary]],
    ]);
    const name = OWN.includes(tool) ? null : NAMES[tool as Theirs];
    if (name) bindings.set(name, [...(bindings.get(name) ?? []), Primary]);
    for (const [active, buttons] of bindings) {
      this.group.setToolActive(active, { bindings: buttons.map((mouseButton) => ({ mouseButton })) });
    }
  }
}
