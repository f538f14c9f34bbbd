import { beforeEach, expect, it, vi } from 'vitest'
import type { ModuleOut } from '@/api/generated'
import type { ModuleNode } from '../model/types'
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

it('undoes what was typed into a field as one step, however long it took, and the next field by itself', () => {
  vi.useFakeTimers()
  const type = (config: Record<string, unknown>, step: string) => {
    useEditor.getState().configure('filter_1', { config }, step)
    vi.advanceTimersByTime(60_000)
  }
  for (const typed of ['a', 'a ', 'a > 1']) type({ condition: typed }, '/condition 1')
  type({ condition: 'a > 1', limit: 5 }, '/limit 2')
  const config = () => (useEditor.getState().nodes[0] as ModuleNode).data.config

  undo()
  expect(config()).toEqual({ condition: 'a > 1' })
  undo()
  expect(config()).toEqual({})
})

it('undoes what was written into a note, and each resizing of it, as one action each', () => {
  const { addNote, annotate, changeNodes } = useEditor.getState()
  addNote({ x: 5, y: 6 })
  annotate('note_1', { text: 'W' })
  annotate('note_1', { text: 'Why' })
  const resize = (width: number, resizing: boolean) =>
    changeNodes([
      { type: 'dimensions', id: 'note_1', dimensions: { width, height: 80 }, resizing, setAttributes: true },
    ])
  for (const width of [210, 220, 230]) resize(width, width < 230)
  const note = () => useEditor.getState().nodes.find(node => node.id === 'note_1')
  expect(note()).toMatchObject({ width: 230, data: { text: 'Why', color: 'yellow' } })

  undo()
  expect(note()).toMatchObject({ width: 200, height: 110 })
  undo()
  expect(note()?.data).toMatchObject({ text: '' })
  undo()
  expect(note()).toBeUndefined()
})
