import { USUAL } from './arrange'

type Size = { width: number; height: number }
export type Rect = Size & { x: number; y: number }
export type View = { x: number; y: number; zoom: number }

const MARGIN = 24
/** Smaller than this, names of steps are not read and handles are not hit. */
const READABLE = 0.6
const AROUND = 90

/** How large the bounds can be shown on the canvas. */
export function roomFor(bounds: Size, { width, height }: Size): number {
  return Math.min((width - 2 * MARGIN) / bounds.width, (height - 2 * MARGIN) / bounds.height)
}

/** What stands left of the canvas: the menu of the pages, and the palette. */
const BESIDE = 224 + 220

/** Whether steps can be read at once on a page of this width, with the palette beside them. */
export function isReadable(nodes: readonly { position: { x: number } }[], pageWidth: number): boolean {
  const places = nodes.map(node => node.position.x)
  const width = Math.max(...places) - Math.min(...places) + USUAL.width
  return nodes.length === 0 || (pageWidth - BESIDE - 2 * MARGIN) / width >= READABLE
}

export function isSeen(bounds: Rect, { x, y, zoom }: View, { width, height }: Size): boolean {
  return (
    bounds.x * zoom + x >= 0 &&
    bounds.y * zoom + y >= 0 &&
    (bounds.x + bounds.width) * zoom + x <= width &&
    (bounds.y + bounds.height) * zoom + y <= height
  )
}

/** Whether a part of the bounds lies behind what stands on the canvas. */
export function isBehind(bounds: Rect, { x, y, zoom }: View, front: Rect): boolean {
  return (
    bounds.x * zoom + x < front.x + front.width &&
    (bounds.x + bounds.width) * zoom + x > front.x &&
    bounds.y * zoom + y < front.y + front.height &&
    (bounds.y + bounds.height) * zoom + y > front.y
  )
}

/** The view, moved no further than it takes to show the bounds. */
export function showing(bounds: Rect, { x, y, zoom }: View, { width, height }: Size): View {
  const shift = (start: number, size: number, room: number) => {
    if (start < MARGIN) return MARGIN - start
    const over = start + size - (room - MARGIN)
    return over > 0 ? -over : 0
  }
  return {
    x: x + shift(bounds.x * zoom + x, bounds.width * zoom, width),
    y: y + shift(bounds.y * zoom + y, bounds.height * zoom, height),
    zoom,
  }
}

/**
 * Where to look once something was added: `all` while everything together is still readable, else the added step at the
 * right and those before it at its left.
 */
export function afterAdding(everything: Rect, added: Rect, { zoom }: View, canvas: Size): View | 'all' {
  const fits = Math.min((canvas.width - AROUND) / everything.width, (canvas.height - 2 * AROUND) / everything.height)
  if (fits >= READABLE) return 'all'
  const readable = Math.min(1, Math.max(zoom, READABLE))
  return {
    x: canvas.width - AROUND - (added.x + added.width) * readable,
    y: canvas.height / 2 - (added.y + added.height / 2) * readable,
    zoom: readable,
  }
}
