import { cache, Enums, getRenderingEngine, init as initCore, RenderingEngine, setUseCPURendering, type Types } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';
import { init as initTools } from '@cornerstonejs/tools';

import type { Rendering } from '../types';

export type StackViewport = Types.IStackViewport;

const ENGINE = 'room';
const REMEMBERED = 'provident.room.rendering';
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const CACHE_BYTES = 1_500_000_000;

let rendering: Rendering | null = null;

/**
 * WebGL where a graphics card draws it. Software WebGL is slower than Cornerstone's own CPU
 * drawing (measured: 12 against 30 frames a second), so it counts as absent.
 */
function detect(): Rendering {
  const asked = sessionStorage.getItem(REMEMBERED) ?? new URLSearchParams(location.search).get('rendering');
  if (asked === 'cpu' || asked === 'webgl') return asked;
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return 'cpu';
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const card = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return SOFTWARE.test(card) ? 'cpu' : 'webgl';
}

/** Start Cornerstone once; says how it draws. */
export function startEngine(): Rendering {
  if (rendering !== null) return rendering;
  rendering = detect();
  initCore({ rendering: { useCPURendering: rendering === 'cpu' } } as Parameters<typeof initCore>[0]);
  if (rendering === 'cpu') setUseCPURendering(true);
  else watchGraphicsCard();
  cache.setMaxCacheSize(CACHE_BYTES);
  // The other provider fetches a clip once for every frame that is asked for before the first is there.
  initLoader({ maxWebWorkers: 2, useLegacyMetadataProvider: true });
  initTools();
  window.addEventListener('unhandledrejection', quietImageFailures);
  return rendering;
}

/** Cornerstone rejects once more, to nobody, for each image that fails; its pane has said so already. */
function quietImageFailures(event: PromiseRejectionEvent): void {
  const reason = event.reason as { error?: unknown } | null;
  if (reason instanceof XMLHttpRequest || reason?.error instanceof XMLHttpRequest) event.preventDefault();
}

/** Cornerstone draws off the page, so that no element of ours hears of a lost context: ask each canvas. */
function watchGraphicsCard(): void {
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: Parameters<typeof get>) {
    if (args[0].startsWith('webgl')) this.addEventListener('webglcontextlost', fallBackToCpu, { once: true });
    return get.apply(this, args);
  } as typeof get;
}

/** WebGL failed while in use: remember to draw by CPU and start the page again (answers are kept). */
export function fallBackToCpu(): void {
  if (rendering === 'cpu') return;
  sessionStorage.setItem(REMEMBERED, 'cpu');
  location.reload();
}

export function engine(): RenderingEngine {
  return (getRenderingEngine(ENGINE) as RenderingEngine | undefined) ?? new RenderingEngine(ENGINE);
}

/** Half a pixel: Cornerstone's CPU drawing takes the corner of the first pixel as origin, WebGL its centre. */
export function originShift(): number {
  return rendering === 'cpu' ? 0 : 0.5;
}

export const STACK = Enums.ViewportType.STACK;
