import { beforeEach, expect, it } from 'vitest'
import type { ModuleOut } from '@/api/generated'
import { redo, undo, useEditor } from './editor'

const filter = {
  name: 'filter-transformer',
  display_name: 'Filter',
  type: 'transformer',
  default_config: {},
} as ModuleOut
const ids = () => useEditor.getState().nodes.map(node => node.id)

beforeEach(() => {
  const { load, add, connect } = useEditor.getState()
  load({ settings: { name: 'x' }, nodes: [], edges: [] })
  add(filter, { x: 0, y: 0 })
  add(filter, { x: 300, y: 0 })
  connect('filter_1', 'filter_2', 'input')
})

it('undoes the deletion of a step and its edges as one action', () => {
  const { changeEdges, changeNodes } = useEditor.getState()
  changeEdges([{ type: 'remove', id: 'filter_1-filter_2-input' }])
  changeNodes([{ type: 'remove', id: 'filter_1' }])
  expect(ids()).toEqual(['filter_2'])

  undo()
  expect(ids()).toEqual(['filter_1', 'filter_2'])
  expect(useEditor.getState().edges).toHaveLength(1)

  redo()
  expect(ids()).toEqual(['filter_2'])
  expect(useEditor.getState().edges).toEqual([])
})

it('undoes each drag by itself, however many frames it had', () => {
  const drag = (x: number, dragging: boolean) =>
    useEditor.getState().changeNodes([{ type: 'position', id: 'filter_1', position: { x, y: 0 }, dragging }])
  for (const x of [10, 20, 30]) drag(x, x < 30)
  for (const x of [40, 50]) drag(x, x < 50)
  const place = () => useEditor.getState().nodes[0]?.position.x

  undo()
  expect(place()).toBe(30)
  undo()
  expect(place()).toBe(0)
})
