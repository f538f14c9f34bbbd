import { expect, it } from 'vitest'
import { copied, parsed, pasted } from './clipboard'
import { meansTheSame } from './meaning'
import { indexed } from './problems'
import type { CanvasEdge, CanvasNode } from './types'

const node = (id: string, selected: boolean): CanvasNode => ({
  id,
  type: 'transformer',
  position: { x: 0, y: 0 },
  selected,
  data: { moduleId: 'filter-transformer', label: id, config: { where: id } },
})
const edge = (source: string, target: string, targetHandle = 'input'): CanvasEdge => ({
  id: `${source}-${target}`,
  source,
  target,
  targetHandle,
})
const nodes = [node('filter_1', true), node('filter_2', true), node('filter_3', false)]
const edges = [edge('filter_1', 'filter_2'), edge('filter_2', 'filter_3')]

it('pastes the selected steps with new names and the edges between them', () => {
  const part = parsed(copied(nodes, edges))
  const made = part && pasted(part, nodes)

  expect(made?.nodes.map(each => each.id)).toEqual(['filter_4', 'filter_5'])
  expect(made?.nodes[0]).toMatchObject({ position: { x: 40, y: 40 }, data: { config: { where: 'filter_1' } } })
  expect(made?.edges).toMatchObject([{ source: 'filter_4', target: 'filter_5', targetHandle: 'input' }])
})

it.each(['', 'hello', '{"nodes": []}', 'null', '{"format":"logidata/graph-part","nodes":[{}],"edges":[]}'])(
  'leaves a text alone that is no part of a pipeline: %s',
  content => expect(parsed(content)).toBeNull(),
)

it('does not ask the service again while a step is only dragged or selected', () => {
  const settings = { name: 'x' }
  const dragged = nodes.map(each => ({ ...each, position: { x: 5, y: 5 }, selected: false }))
  const [first] = nodes as [CanvasNode]
  const changed = [{ ...first, data: { ...first.data } } as CanvasNode, ...nodes.slice(1)]

  expect(meansTheSame({ settings, nodes, edges }, { settings, nodes: dragged, edges })).toBe(true)
  expect(meansTheSame({ settings, nodes, edges }, { settings, nodes: changed, edges })).toBe(false)
  expect(meansTheSame({ settings, nodes, edges }, { settings, nodes, edges: edges.slice(1) })).toBe(false)
})

it('keeps the identity of problems that are as they were', () => {
  const problem = {
    code: 'x',
    severity: 'error',
    edge_id: null,
    path: null,
    message: 'No.',
    hint: null,
    place: null,
  } as const
  const before = indexed([
    { ...problem, node_id: 'a' },
    { ...problem, node_id: 'b' },
  ])
  const after = indexed(
    [
      { ...problem, node_id: 'a' },
      { ...problem, node_id: 'b', message: 'Yes.' },
    ],
    before,
  )

  expect(after.nodes.a).toBe(before.nodes.a)
  expect(after.nodes.b).toMatchObject([{ message: 'Yes.' }])
})
