import type { CanvasNode } from './types'

export type Side = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'
export type Axis = 'x' | 'y'
export type Places = Map<string, { x: number; y: number }>
type Box = { id: string; x: number; y: number; width: number; height: number }

/** What most steps take. */
export const USUAL = { width: 220, height: 58 }

/** Where a node is and how much room it takes; what was never drawn is as large as most. */
export function boxOf({ id, position, measured, width, height }: CanvasNode): Box {
  return {
    id,
    ...position,
    width: measured?.width ?? width ?? USUAL.width,
    height: measured?.height ?? height ?? USUAL.height,
  }
}

/** All at one line: that of the outermost, or the middle of them all. */
export function aligned(nodes: readonly CanvasNode[], side: Side): Places {
  const boxes = nodes.map(boxOf)
  const [left, right] = [Math.min(...boxes.map(box => box.x)), Math.max(...boxes.map(box => box.x + box.width))]
  const [top, bottom] = [Math.min(...boxes.map(box => box.y)), Math.max(...boxes.map(box => box.y + box.height))]
  const moves: Record<Side, (box: Box) => Partial<Box>> = {
    left: () => ({ x: left }),
    center: box => ({ x: (left + right - box.width) / 2 }),
    right: box => ({ x: right - box.width }),
    top: () => ({ y: top }),
    middle: box => ({ y: (top + bottom - box.height) / 2 }),
    bottom: box => ({ y: bottom - box.height }),
  }
  return placesOf(boxes.map(box => ({ ...box, ...moves[side](box) })))
}

/** The same gap between each and the next; the first and the last stay. */
export function distributed(nodes: readonly CanvasNode[], axis: Axis): Places {
  const size = axis === 'x' ? 'width' : 'height'
  const boxes = nodes.map(boxOf).sort((one, other) => one[axis] - other[axis])
  const [first, last] = [boxes[0], boxes.at(-1)]
  if (!first || !last || boxes.length < 3) return new Map()
  const room = last[axis] - (first[axis] + first[size])
  const inner = boxes.slice(1, -1)
  const gap = (room - inner.reduce((sum, box) => sum + box[size], 0)) / (boxes.length - 1)
  let next = first[axis] + first[size] + gap
  const moved = inner.map(box => {
    const at = next
    next += box[size] + gap
    return { ...box, [axis]: at }
  })
  return placesOf([first, ...moved, last])
}

export function placesOf(boxes: readonly Pick<Box, 'id' | 'x' | 'y'>[]): Places {
  return new Map(boxes.map(({ id, x, y }) => [id, { x: Math.round(x), y: Math.round(y) }]))
}
