import type { FitViewOptions } from '@xyflow/react'

type Size = { width: number; height: number }

/** Whether there is room for the map of the whole. */
export function hasMap({ width, height }: Size): boolean {
  return width >= 620 && height >= 420
}

/** Everything in view, beside the tools and above the map. */
export function fitIn(canvas: Size): FitViewOptions {
  return {
    maxZoom: 1,
    padding: { top: '60px', left: '50px', right: '40px', bottom: hasMap(canvas) ? '110px' : '40px' },
  }
}

/** Milliseconds in which the view moves; at once for who wants no motion. */
export function moving(milliseconds: number): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds
}
