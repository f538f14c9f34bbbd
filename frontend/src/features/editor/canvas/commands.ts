import { type ReactFlowInstance, useReactFlow, useStoreApi } from '@xyflow/react'
import { useMemo } from 'react'
import { messageOf } from '@/api/problem'
import { toast } from '@/components/toast'
import { layOut } from '../api/layOut'
import { useModules } from '../api/modules'
import { type Axis, aligned, distributed, type Side } from '../model/arrange'
import { copied, parsed, pasted } from '../model/clipboard'
import { isModule } from '../model/types'
import { afterAdding } from '../model/view'
import { useEditor } from '../store/editor'
import { fitIn, moving } from './fit'

/** What is done to the drawing by a key, a button or a menu; each is one step to undo. */
export function useCommands() {
  const flow = useReactFlow()
  const store = useStoreApi()
  const modules = useModules()
  return useMemo(
    () => ({
      layOut: async () => {
        const { nodes, edges } = useEditor.getState()
        const steps = nodes.filter(isModule)
        const some = steps.filter(node => node.selected)
        const chosen = some.length > 1 ? some : steps
        if (chosen.length === 0) return
        try {
          const places = await layOut(chosen, edges, modules)
          useEditor.getState().place(places)
          setTimeout(() => flow.fitView({ ...fitIn(store.getState()), duration: moving(300) }))
        } catch (error) {
          toast.error(messageOf(error))
        }
      },
      /** A note in the middle of what is seen, or at a place on the screen. */
      addNote: (at?: { x: number; y: number }) => {
        const box = document.querySelector('.react-flow')?.getBoundingClientRect()
        const middle = box ? { x: box.x + box.width / 2 - 100, y: box.y + box.height / 3 } : { x: 0, y: 0 }
        const { x, y } = flow.screenToFlowPosition(at ?? middle)
        useEditor.getState().addNote({ x: Math.round(x), y: Math.round(y) })
      },
      remove: (ids: readonly string[]) => flow.deleteElements({ nodes: ids.map(id => ({ id })) }),
      showAll: () => flow.fitView({ ...fitIn(store.getState()), duration: moving(300) }),
      /** Once what was added is measured, its options are open, and the canvas is narrower; later it would move under the hand. */
      showAdded: () => requestAnimationFrame(() => requestAnimationFrame(() => lookAtChosen(flow, store.getState()))),
      look: (id: string) => {
        useEditor.getState().select(new Set([id]))
        flow.fitView({ nodes: [{ id }], maxZoom: 1, padding: 0.4, duration: moving(250) })
      },
    }),
    [flow, store, modules],
  )
}

function lookAtChosen(flow: ReactFlowInstance, canvas: { width: number; height: number }): void {
  const nodes = flow.getNodes()
  const chosen = nodes.filter(node => node.selected)
  const everything = flow.getNodesBounds(nodes)
  const view = afterAdding(everything, flow.getNodesBounds(chosen), flow.getViewport(), canvas)
  const duration = moving(200)
  if (view === 'all') flow.fitView({ ...fitIn(canvas), duration })
  else flow.setViewport(view, { duration })
}

export function align(side: Side): void {
  const { nodes, place } = useEditor.getState()
  place(
    aligned(
      nodes.filter(node => node.selected),
      side,
    ),
  )
}

export function distribute(axis: Axis): void {
  const { nodes, place } = useEditor.getState()
  place(
    distributed(
      nodes.filter(node => node.selected),
      axis,
    ),
  )
}

export function duplicate(): void {
  const { nodes, edges, insert } = useEditor.getState()
  const part = parsed(copied(nodes, edges))
  if (part && part.nodes.length > 0) insert(pasted(part, nodes))
}

export function selectAll(): void {
  const { nodes, select } = useEditor.getState()
  select(new Set(nodes.map(node => node.id)))
}
