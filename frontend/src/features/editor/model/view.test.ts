import { describe, expect, it } from 'vitest'
import { afterAdding, isSeen, showing } from './view'

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

it('a view moves no further than it must', () => {
  expect(showing(step(100, 100), AT_FIRST, CANVAS)).toEqual(AT_FIRST)
  expect(showing(step(400, 100), AT_FIRST, CANVAS)).toEqual({ x: 490 - 24 - 620, y: 0, zoom: 1 })
})
