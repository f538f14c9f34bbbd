import { type Rect, useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { useEditor } from '../store/editor'
import { fitIn } from './fit'

/** Smaller than by this, everything is not worth seeing at once. */
const LEAST = 0.75
const MARGIN = 24

type Size = { width: number; height: number }
type View = { x: number; y: number; zoom: number }

/** When a panel opens beside the canvas, what one looked at stays in view: everything if it fits, else what is chosen. */
export function useSteadyView(): void {
  const width = useStore(state => state.width)
  const height = useStore(state => state.height)
  const before = useRef({ width, height })
  const store = useStoreApi()
  const flow = useReactFlow()
  useEffect(() => {
    const was = before.current
    const now = { width, height }
    before.current = now
    if (!was.width || !was.height || !width || !height) return
    if (was.width === width && was.height === height) return
    const view = flow.getViewport()
    const all = flow.getNodesBounds([...store.getState().nodeLookup.keys()])
    const chosen = useEditor.getState().nodes.filter(node => node.selected)
    const sawAll = isSeen(all, view, was)
    if (sawAll && isSeen(all, view, now)) return
    const room = Math.min((width - 2 * MARGIN) / all.width, (height - 2 * MARGIN) / all.height)
    if (sawAll && room >= view.zoom * LEAST) flow.fitView({ ...fitIn(now), maxZoom: view.zoom })
    else if (chosen.length > 0) flow.setViewport(showing(flow.getNodesBounds(chosen), view, now))
  }, [width, height, flow, store])
}

function isSeen(bounds: Rect, { x, y, zoom }: View, { width, height }: Size): boolean {
  return (
    bounds.x * zoom + x >= 0 &&
    bounds.y * zoom + y >= 0 &&
    (bounds.x + bounds.width) * zoom + x <= width &&
    (bounds.y + bounds.height) * zoom + y <= height
  )
}

/** The view, moved no further than it takes to show the bounds. */
function showing(bounds: Rect, { x, y, zoom }: View, { width, height }: Size): View {
  const shift = (start: number, size: number, room: number) => {
    if (start < MARGIN) return MARGIN - start
    const over = start + size - (room - MARGIN)
    return over > 0 ? -over : 0
  }
  return {
    x: x + shift(bounds.x * zoom + x, bounds.width * zoom, width),
    y: y + shift(bounds.y * zoom + y, bounds.height * zoom, height),
    zoom,
  }
}
