import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react'
import { temporal } from 'zundo'
import { create } from 'zustand'
import type { ColumnOut, ModuleOut, ProblemOut } from '@/api/generated'
import { isEqual } from '../model/equality'
import { edgeId, freshId } from '../model/ids'
import { indexed, type ProblemIndex } from '../model/problems'
import type { CanvasEdge, CanvasNode, Drawing, NoteData, Settings } from '../model/types'
import { isModule, noteAt } from '../model/types'

/** What the service said about the drawing as it is; it is asked again after each change. */
export type Verdict = { problems: ProblemOut[]; schemas: Record<string, ColumnOut[]> }

type Editor = Drawing & {
  verdict: Verdict
  problems: ProblemIndex
  /** What the server has of it, as which revision of which pipeline; null before the first save. */
  saved: Drawing | null
  revision: number | null
  pipelineId: string | null
  load: (drawing: Drawing, revision?: number | null, pipelineId?: string | null) => void
  replace: (drawing: Drawing, revision?: number | null) => void
  wasSaved: (drawing: Drawing, revision: number | null, pipelineId?: string | null) => void
  changeNodes: (changes: NodeChange<CanvasNode>[]) => void
  changeEdges: (changes: EdgeChange<CanvasEdge>[]) => void
  add: (module: ModuleOut, position: { x: number; y: number }) => void
  addNote: (position: { x: number; y: number }) => void
  annotate: (id: string, change: Partial<NoteData>) => void
  insert: (part: Pick<Drawing, 'nodes' | 'edges'>) => void
  select: (ids: ReadonlySet<string>) => void
  place: (positions: ReadonlyMap<string, { x: number; y: number }>) => void
  connect: (source: string, target: string, targetHandle: string | null) => void
  /** `step` names an edit that goes on until another begins, and is undone as one. */
  configure: (id: string, change: { label?: string; config?: Record<string, unknown> }, step?: string) => void
  set: (change: Partial<Settings>) => void
  judge: (verdict: Verdict) => void
}

const STEPS = 200
const SAME_ACTION = 1000
const SAME_MOMENT = 50
const UNJUDGED = { verdict: { problems: [], schemas: {} }, problems: indexed([]) }

/** The drawing that is edited, with its history: what is selected or measured is no step of it. */
export const useEditor = create<Editor>()(
  temporal(
    (set, get) => ({
      settings: { name: '' },
      nodes: [],
      edges: [],
      ...UNJUDGED,
      saved: null,
      revision: null,
      pipelineId: null,
      load: (drawing, revision = null, pipelineId = null) => {
        set({ ...drawing, ...UNJUDGED, saved: drawing, revision, pipelineId })
        lastAction = { key: '', at: 0 }
        useEditor.temporal.getState().clear()
      },
      replace: (drawing, revision = get().revision) => {
        set({ ...drawing, revision })
        lastAction = { key: '', at: 0 }
      },
      wasSaved: (saved, revision, pipelineId = get().pipelineId) => set({ saved, revision, pipelineId }),
      changeNodes: changes => {
        const nodes = applyNodeChanges(changes, get().nodes)
        const moved = changes.find(change => change.type === 'position')
        const sized = changes.find(change => change.type === 'dimensions' && change.resizing !== undefined)
        if (changes.some(change => change.type === 'remove')) asOneStep('remove', () => set({ nodes }), SAME_MOMENT)
        else if (sized?.type === 'dimensions') {
          asOneStep('resize', () => set({ nodes }), Number.POSITIVE_INFINITY)
          if (!sized.resizing) lastAction = { key: '', at: 0 }
        } else if (moved) {
          asOneStep('drag', () => set({ nodes }), Number.POSITIVE_INFINITY)
          if (!moved.dragging) lastAction = { key: '', at: 0 }
        } else set({ nodes })
      },
      changeEdges: changes => {
        const edges = applyEdgeChanges(changes, get().edges)
        // A node goes with its edges: React Flow says so in two calls, and it is one action.
        if (changes.some(change => change.type === 'remove')) asOneStep('remove', () => set({ edges }), SAME_MOMENT)
        else set({ edges })
      },
      add: (module, position) => {
        const id = freshId(module.name, new Set(get().nodes.map(node => node.id)))
        const data = {
          moduleId: module.name,
          label: module.display_name,
          config: structuredClone(module.default_config),
        }
        const others = get().nodes.map(node => (node.selected ? { ...node, selected: false } : node))
        set({ nodes: [...others, { id, type: module.type, position, data, selected: true }] })
      },
      addNote: position => {
        const id = freshId('note', new Set(get().nodes.map(node => node.id)))
        const others = get().nodes.map(node => (node.selected ? { ...node, selected: false } : node))
        set({ nodes: [...others, { ...noteAt(id, position), selected: true }] })
      },
      annotate: (id, change) =>
        asOneStep(`annotate ${id}`, () =>
          set({
            nodes: get().nodes.map(node =>
              node.id === id && !isModule(node) ? { ...node, data: { ...node.data, ...change } } : node,
            ),
          }),
        ),
      insert: part => {
        const others = get().nodes.map(node => (node.selected ? { ...node, selected: false } : node))
        set({ nodes: [...others, ...part.nodes], edges: [...get().edges, ...part.edges] })
      },
      select: ids =>
        set({
          nodes: get().nodes.map(node =>
            Boolean(node.selected) === ids.has(node.id) ? node : { ...node, selected: ids.has(node.id) },
          ),
        }),
      place: positions =>
        set({
          nodes: get().nodes.map(node => {
            const position = positions.get(node.id)
            return position ? { ...node, position } : node
          }),
        }),
      connect: (source, target, targetHandle) => {
        const edge = { id: edgeId(source, target, targetHandle), source, target, sourceHandle: null, targetHandle }
        set({ edges: [...get().edges, edge] })
      },
      configure: (id, change, step = '') =>
        asOneStep(
          `configure ${id} ${step}`,
          () =>
            set({
              nodes: get().nodes.map(node =>
                node.id === id && isModule(node) ? { ...node, data: { ...node.data, ...change } } : node,
              ),
            }),
          step ? Number.POSITIVE_INFINITY : SAME_ACTION,
        ),
      set: change => asOneStep('settings', () => set({ settings: { ...get().settings, ...change } })),
      judge: verdict => {
        // What is said of a node as before keeps its identity, so that the node is not drawn again.
        const known = get().verdict.schemas
        const schemas = Object.fromEntries(
          Object.entries(verdict.schemas).map(([id, now]) => [
            id,
            known[id] && isEqual(known[id], now) ? known[id] : now,
          ]),
        )
        set({ verdict: { ...verdict, schemas }, problems: indexed(verdict.problems, get().problems) })
      },
    }),
    {
      limit: STEPS,
      partialize: ({ settings, nodes, edges }) => ({ settings, nodes, edges }),
      equality: isSameContent,
    },
  ),
)

/** The one step that is chosen; undefined while none is, or several are. */
export function useChosen(): string | undefined {
  return useEditor(state => {
    const selected = state.nodes.filter(node => node.selected)
    const only = selected.length === 1 ? selected[0] : undefined
    return only && isModule(only) ? only.id : undefined
  })
}

let lastAction = { key: '', at: 0 }

/** Changes of one kind that follow each other closely are undone together. */
function asOneStep(key: string, change: () => void, within = SAME_ACTION): void {
  const now = Date.now()
  const history = useEditor.temporal.getState()
  const goesOn = lastAction.key === key && now - lastAction.at < within && history.pastStates.length > 0
  lastAction = { key, at: now }
  if (goesOn) history.pause()
  change()
  if (goesOn) history.resume()
}

export function undo(): void {
  lastAction = { key: '', at: 0 }
  useEditor.temporal.getState().undo()
}

export function redo(): void {
  lastAction = { key: '', at: 0 }
  useEditor.temporal.getState().redo()
}

function isSameContent(before: Drawing, after: Drawing): boolean {
  if (before.settings !== after.settings || before.edges.length !== after.edges.length) return false
  if (before.nodes.length !== after.nodes.length) return false
  const sameNode = (node: CanvasNode, position: number) => {
    const other = after.nodes[position]
    if (node === other) return true
    const { x, y } = node.position
    if (node.id !== other?.id || node.data !== other.data || x !== other.position.x || y !== other.position.y)
      return false
    return isModule(node) || (node.width === other.width && node.height === other.height)
  }
  return before.nodes.every(sameNode) && before.edges.every((edge, position) => edge.id === after.edges[position]?.id)
}
