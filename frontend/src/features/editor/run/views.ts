import type { ExecutionOut, NodeOut } from '@/api/generated'
import { isEqual } from '../model/equality'

/** How a run goes for one node, as its box shows it. */
export type NodeView = Pick<NodeOut, 'status' | 'started_at' | 'duration_seconds'> & {
  rows: number | null
  /** From 0 to 1, while it runs and tells. */
  progress: number | null
  message: string | null
}
export type Views = Readonly<Record<string, NodeView>>

/**
 * Every node of a run. In a fused query a later task fails for what an earlier node caused: that one, green by its own
 * task, is shown as the failed one, and the task that ran the query as stopped by it. What is as before keeps its identity.
 */
export function viewsOf(execution: ExecutionOut, progress: Readonly<Record<string, number>>, before: Views): Views {
  const { error_node_id, error_message } = execution
  const isBlamed = execution.status === 'failed' && execution.nodes.some(({ node_id }) => node_id === error_node_id)
  const views = execution.nodes.map((node): [string, NodeView] => {
    const view = viewOf(node, progress[node.node_id])
    if (!isBlamed) return [node.node_id, view]
    if (node.node_id === error_node_id)
      return [node.node_id, { ...view, status: 'failed', message: node.error_message ?? error_message }]
    return [node.node_id, node.status === 'failed' ? { ...view, status: 'upstream_failed' } : view]
  })
  return Object.fromEntries(
    views.map(([id, now]) => {
      const known = before[id]
      return [id, known && isEqual(known, now) ? known : now]
    }),
  )
}

function viewOf(node: NodeOut, progress: number | undefined): NodeView {
  const { status, started_at, duration_seconds, rows_in, rows_out, error_message } = node
  const isTelling = status === 'running' && progress !== undefined
  return {
    status,
    started_at,
    duration_seconds,
    rows: rows_out ?? rows_in,
    progress: isTelling ? progress : null,
    message: error_message,
  }
}

export type Flow = 'flows' | 'done' | 'failed'

/** What moves along an edge: rows while its target works, nothing before its source has. */
export function flowOf(source: NodeView | undefined, target: NodeView | undefined): Flow | null {
  if (!source || !target) return null
  if (target.status === 'failed' && source.status === 'success') return 'failed'
  if (source.status !== 'success') return null
  if (target.status === 'running' || target.status === 'queued') return 'flows'
  return target.status === 'success' ? 'done' : null
}
