import { expect, it } from 'vitest'
import type { DraftOut } from '@/api/generated'
import { withDraft } from './drafted'
import type { ModuleNode } from './types'

const data = { moduleId: 'csv-extractor', label: 'Orders', config: { file_path: 'orders.csv' } }
const draft = {
  name: 'Paid orders',
  description: 'What was paid',
  config: {
    nodes: [
      { id: 'orders', type: 'extractor', position: { x: 0, y: 0 }, data },
      { id: 'out', type: 'loader', position: { x: 280, y: 0 }, data: { ...data, moduleId: 'csv-loader' } },
    ],
    edges: [{ id: 'e', source: 'orders', target: 'out', sourceHandle: null, targetHandle: null }],
  },
} as unknown as DraftOut

it('fills an empty canvas, and names what has no name yet', () => {
  const drawn = withDraft({ settings: { name: ' ' }, nodes: [], edges: [] }, draft, new Map())

  expect(drawn.settings).toMatchObject({ name: 'Paid orders', description: 'What was paid' })
  expect(drawn.nodes.map(node => node.id)).toEqual(['orders', 'out'])
  expect(withDraft({ settings: { name: 'Mine' }, nodes: [], edges: [] }, draft, new Map()).settings.name).toBe('Mine')
})

it('stands beneath what is drawn already, under ids of its own', () => {
  const mine: ModuleNode = { id: 'csv_1', type: 'extractor', position: { x: 40, y: 100 }, data: { ...data } }

  const drawn = withDraft({ settings: { name: 'Mine' }, nodes: [mine], edges: [] }, draft, new Map())

  expect(drawn.settings).toEqual({ name: 'Mine' })
  expect(drawn.nodes[0]).toBe(mine)
  expect(drawn.nodes.slice(1).map(node => [node.id, node.position.y])).toEqual([
    ['csv_2', 260],
    ['csv_3', 260],
  ])
  expect(drawn.edges).toMatchObject([{ source: 'csv_2', target: 'csv_3' }])
})
