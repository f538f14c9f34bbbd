import { describe, expect, it } from 'vitest'
import { changes, isSame, merge } from './merge'
import type { Drawing, ModuleNode } from './types'

const node = (id: string, config: Record<string, unknown>, x = 0): ModuleNode => ({
  id,
  type: 'transformer',
  position: { x, y: 0 },
  data: { moduleId: 'filter-transformer', label: id, config },
})
const drawing = (nodes: ModuleNode[], edges: [string, string][] = [], name = 'Orders'): Drawing => ({
  settings: { name, tags: [] },
  nodes,
  edges: edges.map(([source, target]) => ({ id: `${source}-${target}`, source, target, targetHandle: null })),
})
const base = drawing([node('a', { where: 'x > 1', limit: 5 }), node('b', {})], [['a', 'b']])
const optionsOf = (made: Drawing, id: string) =>
  (made.nodes.find(each => each.id === id) as ModuleNode | undefined)?.data.config

describe('what two people made of one pipeline', () => {
  it('is joined where they changed different things, even of one step', () => {
    const mine = drawing([node('a', { where: 'x > 2', limit: 5 }), node('b', {})], [['a', 'b']])
    const theirs = drawing(
      [node('a', { where: 'x > 1', limit: 9 }), node('b', {}), node('c', {})],
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      'Paid orders',
    )
    const { merged, conflicts } = merge(base, mine, theirs)

    expect(conflicts).toEqual([])
    expect(optionsOf(merged, 'a')).toEqual({ where: 'x > 2', limit: 9 })
    expect(merged.settings.name).toBe('Paid orders')
    expect(merged.edges.map(edge => edge.id)).toEqual(['a-b', 'b-c'])
  })

  it('is a conflict where they changed the same, which is mine until theirs is chosen', () => {
    const mine = drawing([node('a', { where: 'x > 2', limit: 5 }), node('b', {})], [['a', 'b']])
    const theirs = drawing([node('a', { where: 'x > 3', limit: 5 }), node('b', {})], [['a', 'b']])
    const { merged, conflicts } = merge(base, mine, theirs)

    expect(conflicts).toMatchObject([
      { place: ['option', 'a', 'where'], base: 'x > 1', mine: 'x > 2', theirs: 'x > 3' },
    ])
    expect(optionsOf(merged, 'a')).toMatchObject({ where: 'x > 2' })
    const chosen = merge(base, mine, theirs, new Map([[conflicts[0]?.key ?? '', 'theirs']])).merged
    expect(optionsOf(chosen, 'a')).toMatchObject({ where: 'x > 3' })
  })

  it('loses a step that one deleted and the other left alone, with its edges', () => {
    const { merged, conflicts } = merge(base, base, drawing([node('a', { where: 'x > 1', limit: 5 })]))

    expect(conflicts).toEqual([])
    expect(merged.nodes.map(each => each.id)).toEqual(['a'])
    expect(merged.edges).toEqual([])
  })

  it('asks about a step that one deleted and the other changed, as a whole', () => {
    const mine = drawing([node('a', { where: 'x > 2', limit: 7 }), node('b', {})], [['a', 'b']])
    const theirs = drawing([node('b', {})])
    const { merged, conflicts } = merge(base, mine, theirs)

    expect(conflicts).toMatchObject([{ place: ['node', 'a'], theirs: undefined }])
    expect(optionsOf(merged, 'a')).toEqual({ where: 'x > 2', limit: 7 })
    const chosen = merge(base, mine, theirs, new Map([[conflicts[0]?.key ?? '', 'theirs']])).merged
    expect(chosen.nodes.map(each => each.id)).toEqual(['b'])
  })

  it('is no conflict where both only moved a step', () => {
    const moved = (x: number) => drawing([node('a', { where: 'x > 1', limit: 5 }, x), node('b', {})], [['a', 'b']])

    expect(merge(base, moved(10), moved(20))).toMatchObject({
      conflicts: [],
      merged: { nodes: [{ position: { x: 10 } }, {}] },
    })
  })
})

it('tells a new step once, not once for each of its options', () => {
  const after = drawing([...(base.nodes as ModuleNode[]), node('c', { where: 'y', limit: 1 })], [['a', 'b']])

  expect(changes(base, after).map(change => change.place)).toEqual([['node', 'c']])
})

it('takes a setting that is not given for one that is undefined', () => {
  expect(isSame(base, { ...base, settings: { ...base.settings, description: undefined } })).toBe(true)
  expect(isSame(base, { ...base, settings: { ...base.settings, name: 'Other' } })).toBe(false)
})
