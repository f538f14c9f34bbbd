import { expect, it } from 'vitest'
import type { ModuleOut, SavedCanvas } from '@/api/generated'
import { improved, titlesOf } from './improved'
import { type Drawing, noteAt } from './types'

const node = (id: string, x: number, config: Record<string, unknown> = {}) => ({
  id,
  type: 'transformer' as const,
  position: { x, y: 0 },
  data: { moduleId: 'filter-transformer', label: id.toUpperCase(), config },
})
const note = noteAt('note', { x: 5, y: 5 }, { text: 'why' })
const drawing: Drawing = {
  settings: { name: '' },
  nodes: [{ ...node('a', 0), measured: { width: 200, height: 80 } }, node('b', 100), note],
  edges: [],
}
const modules = new Map<string, ModuleOut>()

it('what a rewrite leaves alone is the same object, notes and the name included', () => {
  const config = {
    nodes: [node('a', 0), node('c', 300)],
    edges: [{ id: 'e', source: 'a', target: 'c', sourceHandle: null, targetHandle: 'input' }],
    notes: [{ id: 'note', position: { x: 5, y: 5 }, width: 200, height: 110, text: 'why', color: 'yellow' }],
  } as unknown as SavedCanvas

  const { settings, nodes, edges } = improved(drawing, config, modules)

  expect(settings).toBe(drawing.settings)
  expect(nodes.map(each => each.id)).toEqual(['a', 'c', 'note'])
  expect(nodes[0]).toBe(drawing.nodes[0])
  expect(nodes[2]).toBe(note)
  expect(edges.map(({ source, target }) => [source, target])).toEqual([['a', 'c']])
})

it('a changed step keeps its measure and takes the new options and place', () => {
  const config = { nodes: [node('a', 40, { condition: 'x > 1' })], edges: [] } as unknown as SavedCanvas

  const [changed] = improved(drawing, config, modules).nodes

  expect(changed).toMatchObject({
    position: { x: 40 },
    measured: { width: 200 },
    data: { config: { condition: 'x > 1' } },
  })
})

it('steps are called by their labels, before and after', () => {
  const after = [{ ...node('c', 0), data: { ...node('c', 0).data, label: '' } }] as SavedCanvas['nodes']

  expect([...titlesOf([node('a', 0)] as SavedCanvas['nodes'], after)]).toEqual([
    ['a', 'A'],
    ['c', 'c'],
  ])
})
