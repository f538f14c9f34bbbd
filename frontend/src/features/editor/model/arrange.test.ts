import Elk from 'elkjs/lib/elk.bundled.js'
import { expect, it } from 'vitest'
import type { ModuleOut } from '@/api/generated'
import { aligned, distributed } from './arrange'
import { found } from './find'
import { elkGraph, placesIn } from './layout'
import type { CanvasEdge, ModuleNode } from './types'

const node = (id: string, x: number, y: number, width = 100, moduleId = 'm') =>
  ({
    id,
    type: 'transformer',
    position: { x, y },
    measured: { width, height: 50 },
    data: { moduleId, label: id, config: {} },
  }) as ModuleNode
const edge = (source: string, target: string, targetHandle = 'input') =>
  ({ id: `${source}-${target}`, source, target, targetHandle }) as CanvasEdge

it('aligns at the outermost line, or at the middle of all', () => {
  const nodes = [node('a', 0, 10), node('b', 40, 90, 60)]

  expect([...aligned(nodes, 'right')]).toEqual([
    ['a', { x: 0, y: 10 }],
    ['b', { x: 40, y: 90 }],
  ])
  expect(aligned(nodes, 'left').get('b')).toEqual({ x: 0, y: 90 })
  expect(aligned(nodes, 'center').get('b')).toEqual({ x: 20, y: 90 })
  expect(aligned(nodes, 'bottom').get('a')).toEqual({ x: 0, y: 90 })
})

it('distributes with equal gaps, the outer ones staying; two have nothing to distribute', () => {
  const nodes = [node('c', 400, 0), node('a', 0, 0), node('b', 110, 0)]

  expect(Object.fromEntries(distributed(nodes, 'x'))).toEqual({
    a: { x: 0, y: 0 },
    b: { x: 200, y: 0 },
    c: { x: 400, y: 0 },
  })
  expect(distributed(nodes.slice(1), 'x').size).toBe(0)
})

it('lays out from left to right without overlaps, the upper input above the lower, the corner where it was', async () => {
  const inputs = [{ handle: 'left' }, { handle: 'right' }]
  const modules = new Map([['join', { inputs } as ModuleOut]])
  const nodes = [node('join', 500, 70, 100, 'join'), node('b', 500, 80), node('a', 510, 90), node('alone', 520, 75)]
  const edges = [edge('a', 'join', 'left'), edge('b', 'join', 'right'), edge('join', 'gone')]

  const places = placesIn(await new Elk().layout(elkGraph(nodes, edges, modules)), nodes)
  const at = (id: string) => places.get(id) ?? { x: Number.NaN, y: Number.NaN }

  expect(at('join').x).toBeGreaterThan(at('a').x + 100)
  expect(at('a').y + 50).toBeLessThan(at('b').y)
  expect(Math.min(...[...places.values()].map(place => place.x))).toBe(500)
  expect(Math.min(...[...places.values()].map(place => place.y))).toBe(70)
  expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(4)
})

it('finds a step by its name, its module or what is in its options, all words in any order', () => {
  const modules = new Map([['m', { display_name: 'CSV file' } as ModuleOut]])
  const orders = { ...node('orders', 0, 0), data: { moduleId: 'm', label: 'Orders', config: { path: 'in/2026.csv' } } }
  const note = { id: 'n', type: 'note', position: { x: 0, y: 0 }, data: { text: 'Ask sales', color: 'blue' } } as const

  expect(found([orders, note], modules, 'csv orders')).toEqual(['orders'])
  expect(found([orders, note], modules, '2026')).toEqual(['orders'])
  expect(found([orders, note], modules, 'SALES')).toEqual(['n'])
  expect(found([orders, note], modules, ' ')).toEqual([])
})
