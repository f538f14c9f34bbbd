import { useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { FIT } from './fit'

/** When the canvas gets another size, what one looked at stays: everything if everything was seen, else the middle. */
export function useSteadyView(): void {
  const width = useStore(state => state.width)
  const height = useStore(state => state.height)
  const before = useRef({ width, height })
  const store = useStoreApi()
  const flow = useReactFlow()
  useEffect(() => {
    const was = before.current
    before.current = { width, height }
    if (!was.width || !was.height || !width || !height) return
    if (was.width === width && was.height === height) return
    const { x, y, zoom } = flow.getViewport()
    const bounds = flow.getNodesBounds([...store.getState().nodeLookup.keys()])
    const isSeen = (of: { width: number; height: number }) =>
      bounds.x * zoom + x >= 0 &&
      bounds.y * zoom + y >= 0 &&
      (bounds.x + bounds.width) * zoom + x <= of.width &&
      (bounds.y + bounds.height) * zoom + y <= of.height
    if (isSeen(was)) {
      if (!isSeen({ width, height })) flow.fitView({ ...FIT, maxZoom: zoom })
    } else flow.setViewport({ x: x + (width - was.width) / 2, y: y + (height - was.height) / 2, zoom })
  }, [width, height, flow, store])
}
