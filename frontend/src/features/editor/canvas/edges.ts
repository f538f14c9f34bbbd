import type { CanvasEdge } from '../model/types'
import { type Flow, flowOf, type Views } from '../run/views'

const RED = { stroke: 'var(--mantine-color-red-6)' }
const STYLES: Record<Flow, React.CSSProperties> = {
  flows: { stroke: 'var(--mantine-color-blue-5)', strokeWidth: 2 },
  done: { stroke: 'var(--mantine-color-teal-6)', strokeWidth: 1.5 },
  failed: RED,
}

/** An edge as it looks: wrong, or as the shown run has it; one that has nothing to tell stays the very same. */
export function dressed(edge: CanvasEdge, isWrong: boolean, views: Views): CanvasEdge {
  if (isWrong) return { ...edge, style: RED }
  const flow = flowOf(views[edge.source], views[edge.target])
  return flow ? { ...edge, style: STYLES[flow], animated: flow === 'flows' } : edge
}
