import { expect, it } from 'vitest'
import type { ModuleOut, SuggestionOut } from '@/api/generated'
import { placed, question } from './suggestions'
import type { ModuleNode } from './types'

const join = {
  name: 'join-transformer',
  display_name: 'Join',
  type: 'transformer',
  default_config: { suffix: '_right' },
} as unknown as ModuleOut
const suggested = {
  config: { join_type: 'inner', left_on: ['id'] },
  inputs: [
    { source: 'a', target_handle: 'left' },
    { source: 'b', target_handle: 'right' },
  ],
} as unknown as SuggestionOut

function step(id: string, x: number, y: number): ModuleNode {
  return { id, type: 'extractor', position: { x, y }, data: { moduleId: 'csv-extractor', label: id, config: {} } }
}

it('stands right of what it reads and between them, with its config, its defaults and its edges', () => {
  const part = placed(suggested, join, { nodes: [step('a', 0, 0), step('b', 40, 200)] })

  expect(part.nodes).toMatchObject([
    {
      id: 'join_1',
      position: { x: 320, y: 100 },
      data: { config: { suffix: '_right', join_type: 'inner', left_on: ['id'] } },
      selected: true,
    },
  ])
  expect(part.edges.map(({ source, targetHandle }) => [source, targetHandle])).toEqual([
    ['a', 'left'],
    ['b', 'right'],
  ])
})

it('goes lower where a step stands already, and a source under the other sources', () => {
  const nodes = [step('a', 0, 0), step('b', 40, 200), step('join_1', 330, 90)]

  expect(placed(suggested, join, { nodes }).nodes[0]?.position).toEqual({ x: 320, y: 210 })
  expect(placed({ ...suggested, inputs: [] }, join, { nodes }).nodes[0]?.position).toEqual({ x: 0, y: 110 })
  expect(placed({ ...suggested, inputs: [] }, join, { nodes: [] }).nodes[0]?.position).toEqual({ x: 0, y: 0 })
})

it('asks with the columns that are known, and without any where those of the step are not', () => {
  const drawing = { settings: { name: '' }, nodes: [step('a', 0, 0)], edges: [] }
  const schemas = { a: [{ name: 'id', type: 'bigint' }] }

  expect(question(drawing, 'a', schemas)).toMatchObject({ node_id: 'a', schemas, graph: { name: '-' } })
  expect(question(drawing, 'b', schemas).schemas).toBeNull()
  expect(question(drawing, null, schemas)).toMatchObject({ node_id: null, schemas: null })
})

it('stands left of the input that it feeds, and leads to it', () => {
  const file = {
    name: 'csv-extractor',
    display_name: 'CSV',
    type: 'extractor',
    default_config: {},
  } as unknown as ModuleOut
  const part = placed(
    { ...suggested, config: { file_path: 'a.csv' }, inputs: [] },
    file,
    { nodes: [step('b', 40, 200)] },
    {
      nodeId: 'b',
      handle: 'right',
    },
  )

  expect(part.nodes[0]?.position).toEqual({ x: -240, y: 200 })
  expect(part.edges).toMatchObject([{ source: part.nodes[0]?.id, target: 'b', targetHandle: 'right' }])
})
