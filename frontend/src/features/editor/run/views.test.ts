import { expect, it } from 'vitest'
import type { ExecutionOut, NodeOut } from '@/api/generated'
import { flowOf, viewsOf } from './views'

const node = (node_id: string, status: string, rest: Partial<NodeOut> = {}) =>
  ({
    node_id,
    status,
    started_at: null,
    duration_seconds: 1,
    rows_in: null,
    rows_out: null,
    error_message: null,
    ...rest,
  }) as NodeOut
const run = (status: string, nodes: NodeOut[], rest: Partial<ExecutionOut> = {}) =>
  ({ status, nodes, error_node_id: null, error_message: null, ...rest }) as ExecutionOut

it('blames the node that caused the failure of a fused query, not the loader that ran it', () => {
  const views = viewsOf(
    run('failed', [node('cast', 'success'), node('load', 'failed', { error_message: 'The query failed.' })], {
      error_node_id: 'cast',
      error_message: '“x” is no number.',
    }),
    {},
    {},
  )

  expect(views.cast).toMatchObject({ status: 'failed', message: '“x” is no number.' })
  expect(views.load).toMatchObject({ status: 'upstream_failed', message: 'The query failed.' })
})

it('of a run that goes on again after a retry nobody is blamed', () => {
  const views = viewsOf(run('running', [node('cast', 'success')], { error_node_id: 'cast' }), {}, {})

  expect(views.cast?.status).toBe('success')
})

it('shows what a loader took in, and progress only while a node runs', () => {
  const nodes = [node('load', 'success', { rows_in: 7 }), node('read', 'running')]
  const views = viewsOf(run('running', nodes), { read: 0.25, load: 1 }, {})

  expect(views.load).toMatchObject({ rows: 7, progress: null })
  expect(views.read?.progress).toBe(0.25)
})

it('a node without news keeps its identity', () => {
  const before = viewsOf(run('running', [node('a', 'success'), node('b', 'running')]), {}, {})
  const after = viewsOf(run('running', [node('a', 'success'), node('b', 'running')]), { b: 0.5 }, before)

  expect(after.a).toBe(before.a)
  expect(after.b).not.toBe(before.b)
})

it.each([
  ['success', 'running', 'flows'],
  ['success', 'success', 'done'],
  ['success', 'failed', 'failed'],
  ['running', 'pending', null],
  ['success', 'pending', null],
])('from %s to %s an edge is %s', (source, target, flow) => {
  const { s, t } = viewsOf(run('running', [node('s', source), node('t', target)]), {}, {})

  expect(flowOf(s, t)).toBe(flow)
})
