import { useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { isBehind, isSeen, roomFor, showing } from '../model/view'
import { useEditor } from '../store/editor'
import { fitIn, mapIn } from './fit'

/** Smaller than by this, everything is not worth seeing at once. */
const LEAST = 0.75

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
    const ids = [...store.getState().nodeLookup.keys()]
    const all = flow.getNodesBounds(ids)
    const chosen = useEditor.getState().nodes.filter(node => node.selected)
    const isCovered = (canvas: typeof now) => {
      const map = mapIn(canvas)
      return map !== null && ids.some(id => isBehind(flow.getNodesBounds([id]), view, map))
    }
    const sawAll = isSeen(all, view, was)
    if (sawAll && isSeen(all, view, now) && (isCovered(was) || !isCovered(now))) return
    if (sawAll && roomFor(all, now) >= view.zoom * LEAST) flow.fitView({ ...fitIn(now), maxZoom: view.zoom })
    else if (chosen.length > 0) flow.setViewport(showing(flow.getNodesBounds(chosen), view, now))
  }, [width, height, flow, store])
}
