import { describe, expect, it } from 'vitest'
import { placeFor } from './placing'
import type { CanvasNode } from './types'

const ENDS = {
  reader: { inputs: [], has_output: true },
  filter: { inputs: [{ handle: 'in', min: 1, max: 1 }], has_output: true },
  writer: { inputs: [{ handle: 'in', min: 1, max: 1 }], has_output: false },
}
const MODULES = new Map(Object.entries(ENDS))
const step = (moduleId: keyof typeof ENDS, x: number, y: number, selected = false): CanvasNode => ({
  id: `${moduleId} ${x} ${y}`,
  type: 'transformer',
  position: { x, y },
  selected,
  data: { moduleId, label: '', config: {} },
})

describe('a step that is added by a click', () => {
  it('begins at the corner, and stands behind everything while none is chosen', () => {
    expect(placeFor(ENDS.reader, [], MODULES)).toEqual({ x: 0, y: 0 })
    expect(placeFor(ENDS.filter, [step('reader', 0, 300), step('reader', 90, 0)], MODULES)).toEqual({ x: 370, y: 0 })
  })

  it('stands behind the chosen one, below what is there already', () => {
    const nodes = [step('reader', 0, 50, true), step('filter', 280, 50)]

    expect(placeFor(ENDS.filter, nodes, MODULES)).toEqual({ x: 280, y: 160 })
  })

  it('stands below the chosen one where no rows can go on', () => {
    expect(placeFor(ENDS.writer, [step('writer', 0, 0, true)], MODULES)).toEqual({ x: 0, y: 110 })
    expect(placeFor(ENDS.reader, [step('filter', 0, 0, true)], MODULES)).toEqual({ x: 0, y: 110 })
  })
})
