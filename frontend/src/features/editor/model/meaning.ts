import type { CanvasEdge, CanvasNode, Drawing } from './types'
import { isModule } from './types'

/** Whether two states of a drawing mean the same to a run: cheap enough to ask at each frame of a drag. */
export function meansTheSame(one: Drawing, other: Drawing): boolean {
  if (one.settings !== other.settings) return false
  return (
    (one.nodes === other.nodes || allSame(one.nodes, other.nodes, sameNode)) &&
    (one.edges === other.edges || allSame(one.edges, other.edges, sameEdge))
  )
}

function allSame<T>(one: T[], other: T[], same: (a: T, b: T) => boolean): boolean {
  return one.length === other.length && one.every((each, position) => same(each, other[position] as T))
}

function sameNode(one: CanvasNode, other: CanvasNode): boolean {
  return one === other || (one.id === other.id && (one.data === other.data || !(isModule(one) || isModule(other))))
}

function sameEdge(one: CanvasEdge, other: CanvasEdge): boolean {
  return (
    one === other ||
    (one.source === other.source && one.target === other.target && one.targetHandle === other.targetHandle)
  )
}
