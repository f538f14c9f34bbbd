import { describe, expect, it } from 'vitest'
import { afterAdding, isBehind, isReadable, isSeen, showing } from './view'

const CANVAS = { width: 490, height: 770 }
const AT_FIRST = { x: 0, y: 0, zoom: 1 }
const step = (x: number, y = 0) => ({ x, y, width: 220, height: 60 })
const across = (width: number) => ({ x: 0, y: 0, width, height: 180 })

describe('after a step was added', () => {
  it('everything is shown while it can be read', () => {
    expect(afterAdding(across(500), step(280), AT_FIRST, CANVAS)).toBe('all')
  })

  it('a long pipeline stays readable: the new step is in view, with one before it', () => {
    const view = afterAdding(across(1900), step(1680), { x: 0, y: 0, zoom: 0.2 }, CANVAS)

    expect(view).toMatchObject({ zoom: 0.6 })
    expect(isSeen(step(1680), view as typeof AT_FIRST, CANVAS)).toBe(true)
    expect(isSeen(step(1400), view as typeof AT_FIRST, CANVAS)).toBe(true)
  })

  it('whoever looks closely goes on looking closely', () => {
    expect(afterAdding(across(1900), step(1680), { x: 0, y: 0, zoom: 0.8 }, CANVAS)).toMatchObject({ zoom: 0.8 })
  })
})

it('a step is behind the map where only a corner of it is', () => {
  const map = { x: 200, y: 300, width: 140, height: 90 }

  expect(isBehind(step(0, 250), AT_FIRST, map)).toBe(true)
  expect(isBehind(step(0, 240), AT_FIRST, map)).toBe(false)
  expect(isBehind(step(-20, 250), AT_FIRST, map)).toBe(false)
  expect(isBehind(step(0, 240), { x: 100, y: 100, zoom: 0.9 }, map)).toBe(true)
  expect(isBehind(step(0, 390), AT_FIRST, map)).toBe(false)
  expect(isBehind(step(340, 300), AT_FIRST, map)).toBe(false)
})

it('a view moves no further than it must', () => {
  expect(showing(step(100, 100), AT_FIRST, CANVAS)).toEqual(AT_FIRST)
  expect(showing(step(400, 100), AT_FIRST, CANVAS)).toEqual({ x: 490 - 24 - 620, y: 0, zoom: 1 })
})

it('steps are readable beside the palette as long as they are few', () => {
  const chain = (count: number) => Array.from({ length: count }, (_, at) => ({ position: { x: at * 280 } }))

  expect([0, 3, 4, 5].map(count => isReadable(chain(count), 1280))).toEqual([true, true, true, false])
  expect(isReadable(chain(6), 1920)).toBe(true)
})
