import { edgeId, freshId } from './ids'
import type { CanvasEdge, CanvasNode } from './types'
import { isModule, noteAt } from './types'

const FORMAT = 'logidata/graph-part'
const OFFSET = 40

type Part = { nodes: CanvasNode[]; edges: CanvasEdge[] }

/** The selected nodes and the edges between them, as text that another pipeline, or an editor, takes. */
export function copied(nodes: readonly CanvasNode[], edges: readonly CanvasEdge[]): string {
  const chosen = nodes.filter(node => node.selected)
  const ids = new Set(chosen.map(node => node.id))
  const inside = edges.filter(edge => ids.has(edge.source) && ids.has(edge.target))
  const plain = chosen.map(({ id, type, position, width, height, data }) => ({
    id,
    type,
    position,
    width,
    height,
    data,
  }))
  const joined = inside.map(({ id, source, target, sourceHandle, targetHandle }) => ({
    id,
    source,
    target,
    sourceHandle,
    targetHandle,
  }))
  return JSON.stringify({ format: FORMAT, nodes: plain, edges: joined }, null, 2)
}

/** What a text from the clipboard holds; null when it is something else. */
export function parsed(content: string): Part | null {
  try {
    const part = JSON.parse(content) as { format?: unknown } & Part
    const isOurs = part.format === FORMAT && Array.isArray(part.nodes) && Array.isArray(part.edges)
    return isOurs && part.nodes.every(isNode) ? { nodes: part.nodes, edges: part.edges } : null
  } catch {
    return null
  }
}

/** The part with ids of its own, beside what is there or around a point, selected. */
export function pasted(part: Part, nodes: readonly CanvasNode[], at?: { x: number; y: number }): Part {
  const taken = new Set(nodes.map(node => node.id))
  const renamed = new Map<string, string>()
  for (const node of part.nodes) {
    const id = freshId(isModule(node) ? node.data.moduleId : 'note', taken)
    taken.add(id)
    renamed.set(node.id, id)
  }
  const shift = at ? shiftTo(part.nodes, at) : { x: OFFSET, y: OFFSET }
  return {
    nodes: part.nodes.map(node => ({
      ...structuredClone(node),
      ...(!isModule(node) && { zIndex: noteAt(node.id, node.position).zIndex }),
      id: renamed.get(node.id) ?? node.id,
      position: { x: node.position.x + shift.x, y: node.position.y + shift.y },
      selected: true,
    })),
    edges: part.edges.flatMap(edge => {
      const [source, target] = [renamed.get(edge.source), renamed.get(edge.target)]
      return source && target ? [{ ...edge, id: edgeId(source, target, edge.targetHandle), source, target }] : []
    }),
  }
}

function shiftTo(nodes: readonly CanvasNode[], at: { x: number; y: number }) {
  const left = Math.min(...nodes.map(node => node.position.x))
  const top = Math.min(...nodes.map(node => node.position.y))
  return { x: Math.round(at.x - left), y: Math.round(at.y - top) }
}

function isNode(node: CanvasNode): boolean {
  const placed = Number.isFinite(node?.position?.x) && Number.isFinite(node?.position?.y)
  const holds = node?.type === 'note' ? typeof node.data?.text === 'string' : typeof node?.data?.moduleId === 'string'
  return typeof node?.id === 'string' && placed && holds
}
