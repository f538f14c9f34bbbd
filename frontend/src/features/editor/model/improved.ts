import type { ModuleOut, SavedCanvas } from '@/api/generated'
import { toDrawing } from './drawing'
import { isEqual } from './equality'
import type { CanvasNode, Drawing } from './types'

/** The drawing with the nodes and edges of an answer; what stayed as it was keeps what the canvas knows of it. */
export function improved(drawing: Drawing, config: SavedCanvas, modules: ReadonlyMap<string, ModuleOut>): Drawing {
  const { nodes, edges } = toDrawing({ ...drawing.settings, config } as Parameters<typeof toDrawing>[0], modules)
  const known = new Map(drawing.nodes.map(node => [node.id, node]))
  return { settings: drawing.settings, nodes: nodes.map(node => kept(known.get(node.id), node)), edges }
}

function kept(before: CanvasNode | undefined, now: CanvasNode): CanvasNode {
  if (!before || before.type !== now.type) return now
  const isSame = isEqual(before.position, now.position) && isEqual(before.data, now.data)
  return isSame ? before : ({ ...before, position: now.position, data: now.data } as CanvasNode)
}

/** What steps are called, before and after: ids alone say nothing to a person. */
export function titlesOf(...canvases: readonly SavedCanvas['nodes'][]): Map<string, string> {
  return new Map(canvases.flat().map(node => [node.id, node.data.label || node.id]))
}
