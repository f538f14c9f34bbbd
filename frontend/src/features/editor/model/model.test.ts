import { describe, expect, it } from 'vitest'
import type { ModuleOut } from '@/api/generated'
import { fedInputs, refusal, refusalBetween, waysOf } from './connections'
import { toDrawing, toGraph } from './drawing'
import { freshId } from './ids'
import type { CanvasEdge } from './types'

const module = (name: string, type: string, handles: [string, number | null][], has_output = true) =>
  ({
    name,
    type,
    has_output,
    display_name: name,
    inputs: handles.map(([handle, max]) => ({ handle, min: 1, max })),
  }) as ModuleOut

const modules = new Map(
  [
    module('csv-extractor', 'extractor', []),
    module('filter-transformer', 'transformer', [['input', 1]]),
    module('union-transformer', 'transformer', [['input', null]]),
    module('csv-loader', 'loader', [['input', 1]], false),
  ].map(each => [each.name, each]),
)

const saved = (ids: Record<string, string>, edges: [string, string][] = []) => ({
  name: 'Orders',
  retries: 2,
  config: {
    nodes: Object.entries(ids).map(([id, moduleId]) => ({
      id,
      position: { x: 0, y: 0 },
      data: { moduleId, label: id, config: {} },
    })),
    edges: edges.map(([source, target]) => ({ id: `${source}-${target}`, source, target })),
  },
})
const drawn = toDrawing(
  saved(
    {
      orders: 'csv-extractor',
      more: 'csv-extractor',
      paid: 'filter-transformer',
      big: 'filter-transformer',
      all: 'union-transformer',
      out: 'csv-loader',
    },
    [
      ['orders', 'paid'],
      ['paid', 'big'],
      ['orders', 'all'],
    ],
  ),
  modules,
)
const why = (source: string, target: string, edges: CanvasEdge[] = drawn.edges) =>
  refusal({ source, target, targetHandle: 'input' }, drawn.nodes, edges, modules)

describe('an edge', () => {
  it('is drawn where an input is free, however many a union has', () => {
    expect(why('more', 'all')).toBeNull()
    expect(why('big', 'out')).toBeNull()
  })

  it.each([
    ['paid', 'paid', /own output/],
    ['out', 'big', /no output/],
    ['paid', 'orders', /no input/],
    ['orders', 'all', /already/],
    ['more', 'paid', /one edge/],
  ])('from %s to %s is refused', (source, target, reason) => {
    expect(why(source, target)).toMatch(reason)
  })

  it('can lead from a step to each input that takes it, and is refused with a reason elsewhere', () => {
    const ways = waysOf('big', drawn.nodes, drawn.edges, modules)

    expect(ways.filter(way => way.refusal === null).map(way => way.target)).toEqual(['all', 'out'])
    expect(ways.filter(way => way.refusal !== null).map(way => way.target)).toEqual(['orders', 'more', 'paid'])
  })

  it('can lead to a step that has no output from those that have one', () => {
    const ways = waysOf('out', drawn.nodes, drawn.edges, modules)

    expect(ways.map(way => [way.source, way.target])).toEqual(
      ['orders', 'more', 'paid', 'big', 'all'].map(source => [source, 'out']),
    )
  })

  it('feeds the input that it leads to', () => {
    expect(fedInputs('paid', drawn.edges)).toBe('input\n')
    expect(fedInputs('out', drawn.edges)).toBe('')
  })

  it('that closes a circle is refused', () => {
    expect(
      why(
        'big',
        'paid',
        drawn.edges.filter(edge => edge.target !== 'paid'),
      ),
    ).toMatch(/circle/)
  })
})

it.each([
  ['source', 'source', /Both are outputs/],
  ['target', 'target', /Both are inputs/],
  ['target', 'source', null],
] as const)('from a %s to a %s, whichever one began at', (one, other, reason) => {
  const why = refusalBetween(
    { nodeId: 'all', id: 'input', type: one },
    { nodeId: 'more', type: other },
    drawn.nodes,
    drawn.edges,
    modules,
  )

  if (reason) expect(why).toMatch(reason)
  else expect(why).toBeNull()
})

describe('a drawing', () => {
  it('is sent as it was saved, without what only the canvas keeps', () => {
    const graph = saved({ orders: 'csv-extractor', out: 'csv-loader' }, [['orders', 'out']])
    const drawing = toDrawing(graph, modules)
    const shown = drawing.nodes.map(node => ({ ...node, selected: true, measured: { width: 9, height: 9 } }))
    const sent = toGraph({ ...drawing, nodes: shown })

    expect(sent.retries).toBe(2)
    expect(sent.config?.nodes?.[0]).toEqual({ ...graph.config.nodes[0], type: 'extractor' })
    expect(sent.config?.edges?.[0]).toMatchObject({ source: 'orders', target: 'out', targetHandle: 'input' })
  })

  it('keeps its notes beside the nodes', () => {
    const note = { id: 'n', position: { x: 1, y: 2 }, width: 200, height: 80, text: 'why', color: 'blue' }
    const graph = { name: 'x', config: { nodes: [], edges: [], notes: [note] } }

    expect(toGraph(toDrawing(graph, modules)).config).toEqual(graph.config)
  })
})

it('gives a new node the first free name of its module', () => {
  expect(freshId('parse-date-transformer', new Set(['parse_date_1', 'parse_date_3']))).toBe('parse_date_2')
})
