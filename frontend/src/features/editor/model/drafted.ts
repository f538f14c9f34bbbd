import type { DraftOut, ModuleOut, SavedGraph } from '@/api/generated'
import { pasted } from './clipboard'
import { toDrawing } from './drawing'
import type { Drawing } from './types'
import { isModule } from './types'

const BENEATH = 160

/** A drawing with a draft in it: alone on an empty canvas, else beneath what is there, which stays as it is. */
export function withDraft(drawing: Drawing, draft: DraftOut, modules: ReadonlyMap<string, ModuleOut>): Drawing {
  const { nodes, edges } = toDrawing({ config: draft.config } as SavedGraph, modules)
  const { settings } = drawing
  if (!drawing.nodes.some(isModule)) {
    const name = settings.name.trim() || draft.name
    const description = settings.description || draft.description
    return { settings: { ...settings, name, description }, nodes: [...drawing.nodes, ...nodes], edges }
  }
  const left = Math.min(...drawing.nodes.map(node => node.position.x))
  const bottom = Math.max(...drawing.nodes.map(node => node.position.y + (node.height ?? 0)))
  const part = pasted({ nodes, edges }, drawing.nodes, { x: left, y: bottom + BENEATH })
  const others = drawing.nodes.map(node => (node.selected ? { ...node, selected: false } : node))
  return { settings, nodes: [...others, ...part.nodes], edges: [...drawing.edges, ...part.edges] }
}
