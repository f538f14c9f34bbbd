import type { ColumnOut, ModuleOut, SuggestIn, SuggestionOut } from '@/api/generated'
import { toBody } from './drawing'
import { edgeId, freshId } from './ids'
import { ACROSS, free, type Place } from './placing'
import type { CanvasEdge, CanvasNode, Drawing, ModuleNode } from './types'
import { isModule } from './types'

/** An input that a source is wanted for. */
export type Input = { nodeId: string; handle: string }

/**
 * The question: what could come after a step, before one of its inputs, or first of all; with the columns as far as they
 * were derived already.
 */
export function question(
  drawing: Drawing,
  nodeId: string | null,
  schemas: Record<string, ColumnOut[]>,
  handle: string | null = null,
): SuggestIn {
  const isKnown = nodeId !== null && schemas[nodeId] !== undefined
  return { graph: toBody(drawing), node_id: nodeId, handle, schemas: isKnown ? schemas : null }
}

/** A suggestion as a part of the drawing: the step where there is room for it, and the edges to it, or to what it feeds. */
export function placed(
  suggestion: SuggestionOut,
  module: ModuleOut,
  { nodes }: Pick<Drawing, 'nodes'>,
  fed: Input | null = null,
): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const id = freshId(module.name, new Set(nodes.map(node => node.id)))
  const config = { ...structuredClone(module.default_config), ...structuredClone(suggestion.config) }
  const node: ModuleNode = {
    id,
    type: module.type,
    position: fed ? before(fed, nodes) : placeOf(suggestion, nodes),
    data: { moduleId: module.name, label: module.display_name, config },
    selected: true,
  }
  const edges = suggestion.inputs.map(({ source, target_handle }) => edge(source, id, target_handle))
  return { nodes: [node], edges: fed ? [...edges, edge(id, fed.nodeId, fed.handle)] : edges }
}

function edge(source: string, target: string, targetHandle: string): CanvasEdge {
  return { id: edgeId(source, target, targetHandle), source, target, sourceHandle: null, targetHandle }
}

/** Left of the step that it feeds. */
function before({ nodeId }: Input, nodes: readonly CanvasNode[]): Place {
  const { x, y } = nodes.find(node => node.id === nodeId)?.position ?? { x: 0, y: 0 }
  return free({ x: x - ACROSS, y }, nodes)
}

/** Right of what it reads, between several; a source stands under the others. Lower where something is in the way. */
function placeOf({ inputs }: SuggestionOut, nodes: readonly CanvasNode[]): Place {
  const read = nodes.filter(node => inputs.some(({ source }) => source === node.id))
  const steps = nodes.filter(isModule)
  if (steps.length === 0) return { x: 0, y: 0 }
  const beside = read.length > 0 ? read : steps.filter(node => node.type === 'extractor')
  const x =
    read.length > 0
      ? Math.max(...read.map(node => node.position.x)) + ACROSS
      : Math.min(...(beside.length > 0 ? beside : steps).map(node => node.position.x))
  const y = Math.round(read.reduce((sum, node) => sum + node.position.y, 0) / Math.max(1, read.length))
  return free({ x, y }, nodes)
}
