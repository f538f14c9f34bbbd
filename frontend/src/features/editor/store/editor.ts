import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react'
import { temporal } from 'zundo'
import { create } from 'zustand'
import type { ColumnOut, ModuleOut, ProblemOut } from '@/api/generated'
import { edgeId, freshId } from '../model/ids'
import type { CanvasEdge, CanvasNode, Drawing, Settings } from '../model/types'
import { isModule } from '../model/types'

/** What the service said about the drawing as it is; it is asked again after each change. */
export type Verdict = { problems: ProblemOut[]; schemas: Record<string, ColumnOut[]> }

type Editor = Drawing & {
  verdict: Verdict
  load: (drawing: Drawing) => void
  changeNodes: (changes: NodeChange<CanvasNode>[]) => void
  changeEdges: (changes: EdgeChange<CanvasEdge>[]) => void
  add: (module: ModuleOut, position: { x: number; y: number }) => void
  connect: (source: string, target: string, targetHandle: string | null) => void
  configure: (id: string, change: { label?: string; config?: Record<string, unknown> }) => void
  set: (change: Partial<Settings>) => void
  judge: (verdict: Verdict) => void
}

const STEPS = 200
const SAME_ACTION = 1000

/** The drawing that is edited, with its history: what is selected or measured is no step of it. */
export const useEditor = create<Editor>()(
  temporal(
    (set, get) => ({
      settings: { name: '' },
      nodes: [],
      edges: [],
      verdict: { problems: [], schemas: {} },
      load: drawing => {
        set({ ...drawing, verdict: { problems: [], schemas: {} } })
        useEditor.temporal.getState().clear()
      },
      changeNodes: changes => {
        const nodes = applyNodeChanges(changes, get().nodes)
        if (changes.some(change => change.type === 'remove')) set({ nodes })
        else if (changes.some(change => change.type === 'position')) asOneStep('drag', () => set({ nodes }))
        else set({ nodes })
      },
      changeEdges: changes => set({ edges: applyEdgeChanges(changes, get().edges) }),
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
      connect: (source, target, targetHandle) => {
        const edge = { id: edgeId(source, target, targetHandle), source, target, sourceHandle: null, targetHandle }
        set({ edges: [...get().edges, edge] })
      },
      configure: (id, change) =>
        asOneStep(`configure ${id}`, () =>
          set({
            nodes: get().nodes.map(node =>
              node.id === id && isModule(node) ? { ...node, data: { ...node.data, ...change } } : node,
            ),
          }),
        ),
      set: change => asOneStep('settings', () => set({ settings: { ...get().settings, ...change } })),
      judge: verdict => set({ verdict }),
    }),
    {
      limit: STEPS,
      partialize: ({ settings, nodes, edges }) => ({ settings, nodes, edges }),
      equality: isSameContent,
    },
  ),
)

let lastAction = { key: '', at: 0 }

/** Changes of one kind that follow each other closely are undone together. */
function asOneStep(key: string, change: () => void): void {
  const now = Date.now()
  const history = useEditor.temporal.getState()
  const goesOn = lastAction.key === key && now - lastAction.at < SAME_ACTION && history.pastStates.length > 0
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
    return node.id === other?.id && node.data === other.data && x === other.position.x && y === other.position.y
  }
  return before.nodes.every(sameNode) && before.edges.every((edge, position) => edge.id === after.edges[position]?.id)
}
