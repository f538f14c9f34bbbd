import { linkOf, type Trace } from '../model/lineage'
import type { CanvasEdge } from '../model/types'
import { type Flow, flowOf, type Views } from '../run/views'

const RED = { stroke: 'var(--mantine-color-red-6)' }
const STYLES: Record<Flow, React.CSSProperties> = {
  flows: { stroke: 'var(--mantine-color-blue-5)', strokeWidth: 2 },
  done: { stroke: 'var(--mantine-color-teal-6)', strokeWidth: 1.5 },
  failed: RED,
}

const ON_THE_WAY = { stroke: 'var(--mantine-primary-color-filled)', strokeWidth: 2.5 }
const BESIDE_IT = { opacity: 0.25 }

/**
 * An edge as it looks: on the way of the column that is followed or not, wrong, or as the shown run has it; one that has
 * nothing to tell stays the very same.
 */
export function dressed(edge: CanvasEdge, isWrong: boolean, views: Views, trace: Trace | null): CanvasEdge {
  if (trace) return { ...edge, style: trace.links.has(linkOf(edge.source, edge.target)) ? ON_THE_WAY : BESIDE_IT }
  if (isWrong) return { ...edge, style: RED }
  const flow = flowOf(views[edge.source], views[edge.target])
  return flow ? { ...edge, style: STYLES[flow], animated: flow === 'flows' } : edge
}
