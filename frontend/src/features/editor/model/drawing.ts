import type { Canvas, ModuleOut, PipelineIn, SavedGraph } from '@/api/generated'
import type { CanvasEdge, CanvasNode, Drawing, ModuleNode, NoteNode, Settings } from './types'
import { noteAt } from './types'

type SavedNote = { id: string; position: { x: number; y: number }; width: number; height: number } & NoteNode['data']
type Modules = ReadonlyMap<string, ModuleOut>

/** What React Flow keeps on a node or an edge while it is shown; it is nobody else's business. */
const SHOWN_ONLY = new Set(['selected', 'dragging', 'measured', 'resizing', 'animated', 'className', 'style', 'zIndex'])

export const EMPTY_SETTINGS: Settings = { name: '', schedule: null, is_scheduled: false, timezone: 'UTC', tags: [] }

/** A saved graph as it is drawn; an edge that names no input leads to the first. */
export function toDrawing(graph: SavedGraph | PipelineIn, modules: Modules): Drawing {
  const { config, ...settings } = graph
  const { nodes = [], edges = [], notes = [] } = (config ?? {}) as Canvas & { notes?: SavedNote[] }
  const moduleOf = new Map(nodes.map(node => [node.id, modules.get(node.data.moduleId)]))
  return {
    settings: settings as Settings,
    nodes: [
      ...nodes.map(node => asModuleNode(node, moduleOf.get(node.id))),
      ...notes.map(({ id, position, ...note }) => noteAt(id, position, note)),
    ],
    edges: edges.map(edge => ({
      ...edge,
      sourceHandle: edge.sourceHandle ?? null,
      targetHandle: edge.targetHandle ?? moduleOf.get(edge.target)?.inputs[0]?.handle ?? null,
    })) as CanvasEdge[],
  }
}

/** A drawing as it is sent: what only the canvas needs is left out. */
export function toGraph({ settings, nodes, edges }: Drawing): PipelineIn {
  const notes = nodes.filter((node): node is NoteNode => node.type === 'note')
  return {
    ...settings,
    config: {
      nodes: nodes.filter(node => node.type !== 'note').map(withoutShown) as Canvas['nodes'],
      edges: edges.map(withoutShown) as unknown as Canvas['edges'],
      ...(notes.length > 0 && { notes: notes.map(asSavedNote) }),
    },
  }
}

/** A drawing as it is asked about: one that has no name yet is checked and shown all the same. */
export function toBody(drawing: Drawing): PipelineIn {
  const graph = toGraph(drawing)
  return { ...graph, name: graph.name.trim() || '-' }
}

function asModuleNode(node: NonNullable<Canvas['nodes']>[number], module: ModuleOut | undefined): ModuleNode {
  const type = module?.type ?? (node.type as ModuleNode['type']) ?? 'transformer'
  const config = node.data.config ?? {}
  return {
    ...node,
    type,
    position: { x: node.position?.x ?? 0, y: node.position?.y ?? 0 },
    data: { ...node.data, label: node.data.label ?? '', config },
  }
}

function asSavedNote({ id, position, width, height, data }: NoteNode): SavedNote {
  const rounded = { x: Math.round(position.x), y: Math.round(position.y) }
  return { id, position: rounded, width: width ?? 200, height: height ?? 120, text: data.text, color: data.color }
}

function withoutShown<T extends CanvasNode | CanvasEdge>(part: T): Partial<T> {
  return Object.fromEntries(Object.entries(part).filter(([key]) => !SHOWN_ONLY.has(key))) as Partial<T>
}
