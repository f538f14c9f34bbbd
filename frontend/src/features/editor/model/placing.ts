import type { ModuleOut } from '@/api/generated'
import { boxOf, USUAL } from './arrange'
import { type CanvasNode, isModule } from './types'

export type Place = { x: number; y: number }
type Ends = Pick<ModuleOut, 'inputs' | 'has_output'>

export const ACROSS = 280
const DOWN = 110
const GAP = 20

/**
 * Where a step goes that was added by a click: behind the chosen one if rows can go on from there, else below it; behind
 * everything where none is chosen. Never onto another.
 */
export function placeFor(added: Ends, nodes: readonly CanvasNode[], modules: ReadonlyMap<string, Ends>): Place {
  const chosen = nodes.filter(node => node.selected && isModule(node))
  const [one] = chosen
  if (chosen.length !== 1 || !one || !isModule(one)) {
    const x = nodes.reduce((most, node) => Math.max(most, node.position.x), -ACROSS) + ACROSS
    return free({ x, y: 0 }, nodes)
  }
  const goesOn = modules.get(one.data.moduleId)?.has_output !== false && added.inputs.length > 0
  const { x, y } = one.position
  return free(goesOn ? { x: x + ACROSS, y } : { x, y: y + DOWN }, nodes)
}

/** The place, or the first below it where a step covers no other. */
export function free(place: Place, nodes: readonly CanvasNode[]): Place {
  const isTaken = nodes.some(node => {
    const { width, height } = boxOf(node)
    const { x, y } = node.position
    const isBesideIt = place.x >= x + width + GAP || place.x + USUAL.width + GAP <= x
    return !isBesideIt && place.y < y + height + GAP && place.y + USUAL.height + GAP > y
  })
  return isTaken ? free({ x: place.x, y: place.y + DOWN }, nodes) : place
}
