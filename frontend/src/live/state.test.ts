import { expect, it } from 'vitest'
import type { ExecutionOut, LogLineOut, NodeMessage, NodeOut } from '@/api/generated'
import { matching } from './logFilter'
import { hear, LINES_KEPT, NOTHING_TOLD, upToDate } from './state'

const line = (message: string, rest: Partial<LogLineOut> = {}): LogLineOut => ({
  timestamp: null,
  level: 'info',
  node_id: 'a',
  try_number: 1,
  progress: null,
  message,
  ...rest,
})
const told = (status: string, try_number = 1): NodeMessage =>
  ({ type: 'node', cursor: 'c', at: '', node_id: 'a', status, try_number, rows_out: 5 }) as NodeMessage
const loaded = (status: string, try_number = 1) =>
  ({
    status: 'running',
    nodes: [{ node_id: 'a', label: 'A', status, try_number, rows_out: 9 } as NodeOut],
  }) as ExecutionOut

it('a replay of the past does not take back what was loaded', () => {
  const now = upToDate(loaded('success'), hear(NOTHING_TOLD, [told('running')]))

  expect(now.nodes[0]).toMatchObject({ status: 'success', rows_out: 9 })
})

it('what the stream told later wins, and a new try begins anew', () => {
  expect(upToDate(loaded('running'), hear(NOTHING_TOLD, [told('success')])).nodes[0]?.status).toBe('success')
  expect(upToDate(loaded('failed'), hear(NOTHING_TOLD, [told('running', 2)])).nodes[0]).toMatchObject({
    status: 'running',
    label: 'A',
  })
})

it('keeps the newest lines of a log that is too long, and counts the others', () => {
  const many = Array.from({ length: LINES_KEPT }, (_, position) => line(String(position)))
  const state = hear(hear(NOTHING_TOLD, [{ type: 'log', cursor: 'c', lines: many, progress: {} }]), [
    { type: 'log', cursor: 'd', lines: [line('last')], progress: { a: 0.5 } },
  ])

  expect(state.lines).toHaveLength(LINES_KEPT)
  expect(state.lines.at(-1)?.message).toBe('last')
  expect(state.dropped).toBe(1)
  expect(state.progress).toEqual({ a: 0.5 })
})

it('puts lines of nodes that run at once into the order of time, each node in its own', () => {
  const at = (message: string, node_id: string, second: number | null) =>
    line(message, { node_id, timestamp: second === null ? null : `2026-01-01T00:00:0${second}Z` })
  const log = (...lines: LogLineOut[]) => ({ type: 'log', cursor: 'c', lines, progress: {} }) as const
  const state = hear(hear(NOTHING_TOLD, [log(at('a1', 'a', 1), at('a3', 'a', 3), at('a', 'a', null))]), [
    log(at('b2', 'b', 2), at('b', 'b', null), at('b4', 'b', 4)),
    log(at('a4', 'a', 4), at('b0', 'b', 0)),
  ])

  expect(state.lines.map(({ message }) => message)).toEqual(['a1', 'b2', 'b', 'a3', 'a', 'b4', 'a4', 'b0'])
})

it('filters a log by node, by level and above, and by text', () => {
  const lines = [line('Reading'), line('Odd ROW', { level: 'warning' }), line('row', { level: 'error', node_id: 'b' })]

  expect(matching(lines, { nodeId: null, level: 'warning', search: 'row' })).toHaveLength(2)
  expect(matching(lines, { nodeId: 'a', level: 'debug', search: '' })).toHaveLength(2)
  expect(matching(lines, { nodeId: 'b', level: 'critical', search: '' })).toHaveLength(0)
})
