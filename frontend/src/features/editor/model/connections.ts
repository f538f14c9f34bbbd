import type { Handle, ModuleOut } from '@/api/generated'
import { strings } from '@/strings'
import type { CanvasEdge, CanvasNode } from './types'

const text = strings.editor.refusals

export type Wanted = { source: string; target: string; targetHandle?: string | null }
type Modules = ReadonlyMap<string, ModuleOut>

/** Why an edge cannot be drawn; null when it can. */
export function refusal(
  wanted: Wanted,
  nodes: readonly CanvasNode[],
  edges: readonly CanvasEdge[],
  modules: Modules,
): string | null {
  const [source, target] = [moduleOf(wanted.source, nodes, modules), moduleOf(wanted.target, nodes, modules)]
  if (wanted.source === wanted.target) return text.itself
  if (source && !source.has_output) return text.noOutput(source.display_name)
  if (target && target.inputs.length === 0) return text.noInput(target.display_name)
  const arriving = edges.filter(edge => edge.target === wanted.target && edge.targetHandle === wanted.targetHandle)
  if (arriving.some(edge => edge.source === wanted.source)) return text.twice
  const handle = target?.inputs.find(each => each.handle === wanted.targetHandle)
  if (handle && handle.max !== null && arriving.length >= handle.max) return text.full(handle.handle, handle.max)
  if (leadsTo(wanted.target, wanted.source, edges)) return text.cycle
  return null
}

type End = { nodeId: string; id?: string | null; type: 'source' | 'target' }

/** Why two handles cannot be joined, whichever of them one began at; null when they can. */
export function refusalBetween(
  one: End,
  other: End,
  nodes: readonly CanvasNode[],
  edges: readonly CanvasEdge[],
  modules: Modules,
): string | null {
  if (one.nodeId === other.nodeId) return text.itself
  if (one.type === other.type) return one.type === 'source' ? text.outputs : text.inputs
  const [from, to] = one.type === 'source' ? [one, other] : [other, one]
  return refusal({ source: from.nodeId, target: to.nodeId, targetHandle: to.id ?? null }, nodes, edges, modules)
}

/** The first input of a module that a new edge may take. */
export function freeInput(nodeId: string, module: ModuleOut, edges: readonly CanvasEdge[]): Handle | undefined {
  return module.inputs.find(({ handle, max }) => {
    const taken = edges.filter(edge => edge.target === nodeId && edge.targetHandle === handle).length
    return max === null || taken < max
  })
}

/** An edge that could be drawn at a step, and why not where it cannot. */
export type Way = { source: string; target: string; targetHandle: string; refusal: string | null }

/** The edges that could lead from a step, or to one that has no output; those that cannot be drawn come last. */
export function waysOf(
  nodeId: string,
  nodes: readonly CanvasNode[],
  edges: readonly CanvasEdge[],
  modules: Modules,
): Way[] {
  const others = nodes.filter(node => node.id !== nodeId && moduleOf(node.id, nodes, modules))
  const leads = moduleOf(nodeId, nodes, modules)?.has_output !== false
  const ends = others.map(({ id }) => (leads ? { source: nodeId, target: id } : { source: id, target: nodeId }))
  const ways = ends.flatMap(({ source, target }) => {
    const handles = moduleOf(target, nodes, modules)?.inputs.map(each => each.handle) ?? []
    // One that has no input is told once, with its reason.
    return (handles.length > 0 ? handles : ['']).map(targetHandle => ({
      source,
      target,
      targetHandle,
      refusal: refusal({ source, target, targetHandle }, nodes, edges, modules),
    }))
  })
  return [...ways.filter(way => way.refusal === null), ...ways.filter(way => way.refusal !== null)]
}

const fed = new WeakMap<readonly CanvasEdge[], Map<string, string>>()

/** The inputs of a step that have an edge, a line each; found once for a list of edges, which all steps ask about. */
export function fedInputs(nodeId: string, edges: readonly CanvasEdge[]): string {
  let known = fed.get(edges)
  if (!known) {
    known = new Map()
    for (const { target, targetHandle } of edges) known.set(target, `${known.get(target) ?? ''}${targetHandle}\n`)
    fed.set(edges, known)
  }
  return known.get(nodeId) ?? ''
}

function moduleOf(id: string, nodes: readonly CanvasNode[], modules: Modules): ModuleOut | undefined {
  const node = nodes.find(each => each.id === id)
  return node && 'moduleId' in node.data ? modules.get(node.data.moduleId as string) : undefined
}

function leadsTo(from: string, to: string, edges: readonly CanvasEdge[]): boolean {
  const next = new Map<string, string[]>()
  for (const { source, target } of edges) next.set(source, [...(next.get(source) ?? []), target])
  const seen = new Set<string>()
  const waiting = [from]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true
    if (seen.has(id)) continue
    seen.add(id)
    waiting.push(...(next.get(id) ?? []))
  }
  return false
}
