import type { ExecutionOut, LogLineOut, NodeMessage, NodeOut, StatusMessage, StreamMessage } from '@/api/generated'

/** The log lines that a page holds; what came before them is in the download. */
export const LINES_KEPT = 20_000

type NodeState = Omit<NodeMessage, 'type' | 'cursor' | 'at'>
type RunState = Omit<StatusMessage, 'type' | 'cursor' | 'at'>

/** What the stream has told so far. */
export type Told = {
  run: RunState | null
  nodes: Record<string, NodeState>
  progress: Record<string, number>
  metrics: Record<string, unknown> | null
  lines: LogLineOut[]
  dropped: number
  hasEnded: boolean
}

export const NOTHING_TOLD: Told = {
  run: null,
  nodes: {},
  progress: {},
  metrics: null,
  lines: [],
  dropped: 0,
  hasEnded: false,
}

/** What is known after some more messages, in one step however many there are. */
export function hear(told: Told, messages: readonly StreamMessage[]): Told {
  const next = { ...told, nodes: { ...told.nodes }, progress: { ...told.progress } }
  const lines: LogLineOut[] = []
  for (const message of messages) {
    if (message.type === 'status') next.run = message
    else if (message.type === 'node') next.nodes[message.node_id] = message
    else if (message.type === 'metrics') next.metrics = message.metrics
    else if (message.type === 'end') next.hasEnded = true
    else if (message.type === 'log') {
      lines.push(...message.lines)
      Object.assign(next.progress, message.progress)
    }
  }
  return lines.length > 0 ? keep(next, lines) : next
}

function keep(told: Told, lines: LogLineOut[]): Told {
  const all = inOrder(told.lines, lines)
  const surplus = Math.max(0, all.length - LINES_KEPT)
  return { ...told, lines: surplus > 0 ? all.slice(surplus) : all, dropped: told.dropped + surplus }
}

/**
 * Lines of several nodes by their times. Each node's come in their order and nearly all are the newest of all, so only what
 * is later than the first of them is sorted again; one without a time stays behind the one before it.
 */
function inOrder(before: readonly LogLineOut[], added: readonly LogLineOut[]): LogLineOut[] {
  const first = added.find(({ timestamp }) => timestamp)?.timestamp
  if (!first) return before.concat(added)
  const times = new Map<string, number>()
  const earliest = added.reduce(
    (least, { timestamp }) => Math.min(least, timestamp ? Date.parse(timestamp) : least),
    Date.parse(first),
  )
  const end = before.findLastIndex(({ timestamp }) => timestamp !== null && Date.parse(timestamp) <= earliest) + 1
  const rest = [...before.slice(end), ...added].map(line => {
    const at = Math.max(line.timestamp ? Date.parse(line.timestamp) : 0, times.get(line.node_id) ?? 0)
    times.set(line.node_id, at)
    return { line, at }
  })
  return before.slice(0, end).concat(rest.sort((one, other) => one.at - other.at).map(({ line }) => line))
}

const RANK: Record<string, number> = { pending: 0, scheduled: 1, queued: 1, up_for_retry: 2, running: 2 }
const ENDED = 3

/** Whether nothing more will happen. */
export function isOver(status: string): boolean {
  return status === 'success' || status === 'failed' || status === 'cancelled'
}

/** The execution as loaded, brought up to date by the stream, which begins in the past and overtakes it. */
export function upToDate(loaded: ExecutionOut, told: Told): ExecutionOut {
  const run = told.run && rank(told.run.status) >= rank(loaded.status) ? pick(told.run) : {}
  return { ...loaded, ...run, nodes: loaded.nodes.map(node => newest(node, told.nodes[node.node_id])) }
}

function newest(node: NodeOut, told: NodeState | undefined): NodeOut {
  if (!told || told.try_number < node.try_number) return node
  if (told.try_number === node.try_number && rank(told.status) < rank(node.status)) return node
  const { status, try_number, started_at, completed_at, duration_seconds, rows_in, rows_out, bytes, error_message } =
    told
  const changed = {
    status,
    try_number,
    started_at,
    completed_at,
    duration_seconds,
    rows_in,
    rows_out,
    bytes,
    error_message,
  }
  return { ...node, ...changed }
}

function pick(run: RunState): RunState {
  const { status, started_at, completed_at, duration_seconds, cancel_requested_at, error_message, error_node_id } = run
  return { status, started_at, completed_at, duration_seconds, cancel_requested_at, error_message, error_node_id }
}

function rank(status: string): number {
  return RANK[status] ?? ENDED
}
