import type { Edge, Node } from '@xyflow/react'
import type { NodeData, PipelineIn } from '@/api/generated'

/** What a module node holds: the saved data, and nothing of the server's. */
export type ModuleData = NodeData & Record<string, unknown>
export type ModuleNode = Node<ModuleData, 'extractor' | 'transformer' | 'loader'>

export type NoteData = { text: string; color: NoteColor }
export type NoteNode = Node<NoteData, 'note'>
export type NoteColor = 'yellow' | 'blue' | 'green' | 'pink'

export type CanvasNode = ModuleNode | NoteNode
export type CanvasEdge = Edge

/** Everything about a pipeline but what is drawn. */
export type Settings = Omit<PipelineIn, 'config' | 'message'>

/** A pipeline as it is edited. */
export type Drawing = { settings: Settings; nodes: CanvasNode[]; edges: CanvasEdge[] }

export function isModule(node: CanvasNode): node is ModuleNode {
  return node.type !== 'note'
}

/** Behind the steps, also while it is chosen, when React Flow lifts it by a thousand. */
const BEHIND = -2000

export function noteAt(
  id: string,
  position: { x: number; y: number },
  { width = 200, height = 110, text = '', color = 'yellow' as NoteColor } = {},
): NoteNode {
  return { id, type: 'note', position, width, height, zIndex: BEHIND, data: { text, color } }
}
