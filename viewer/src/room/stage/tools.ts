import { addTool, Enums, PanTool, ToolGroupManager, WindowLevelTool, ZoomTool } from '@cornerstonejs/tools';

import type { ShapeKind } from '../types';
import { registerShapes, shapeConfiguration, SHAPES } from './measure';

export type Tool = 'window' | 'zoom' | 'pan' | ShapeKind;

const NAMES: Record<Tool, string> = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  ...SHAPES,
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

  constructor(viewports: string[], engineId: string) {
    register();
    ToolGroupManager.destroyToolGroup(GROUP);
    const group = ToolGroupManager.createToolGroup(GROUP);
    if (!group) throw new Error('The tool group could not be made');
    this.group = group;
    for (const tool of ['window', 'zoom', 'pan'] as const) group.addTool(NAMES[tool]);
    for (const kind of Object.keys(SHAPES) as ShapeKind[]) {
      group.addTool(NAMES[kind], shapeConfiguration(kind));
      group.setToolPassive(NAMES[kind]);
    }
    for (const id of viewports) group.addViewport(id, engineId);
    this.choose('window');
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
    bindings.set(NAMES[tool], [...(bindings.get(NAMES[tool]) ?? []), Primary]);
    for (const [name, buttons] of bindings) {
      this.group.setToolActive(name, { bindings: buttons.map((mouseButton) => ({ mouseButton })) });
    }
  }
}
