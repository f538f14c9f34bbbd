import type { FitViewOptions } from '@xyflow/react'
import type { Rect } from '../model/view'

type Size = { width: number; height: number }

/** Whether there is room for the map of the whole. */
export function hasMap({ width, height }: Size): boolean {
  return width >= 620 && height >= 420
}

export const MAP = { width: 140, height: 90 }
/** How far React Flow keeps its panels from the edge. */
const PANEL = 15

/** The corner that the map of the whole takes, the gap around it included: a step that runs grows by a line. */
export function mapIn(canvas: Size): Rect | null {
  const [width, height] = [MAP.width + 2 * PANEL, MAP.height + 2 * PANEL]
  return hasMap(canvas) ? { x: canvas.width - width, y: canvas.height - height, width, height } : null
}

/** Everything in view, beside the tools and above the map, or beside the zoom buttons where there is no map. */
export function fitIn(canvas: Size): FitViewOptions {
  const room = hasMap(canvas)
    ? ({ left: '24px', bottom: '110px' } as const)
    : ({ left: '50px', bottom: '40px' } as const)
  return { maxZoom: 1, padding: { top: '60px', right: '24px', ...room } }
}

/** Milliseconds in which the view moves; at once for who wants no motion. */
export function moving(milliseconds: number): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds
}
