import { useCallback, useMemo, useRef } from 'react'
import { useShallow } from 'zustand/shallow'
import type { ModuleOut, ProblemOut } from '@/api/generated'
import { isModule } from '../../model/types'
import { useEditor } from '../../store/editor'
import type { Columns, Form, Manner } from './context'
import { type Path, pointerOf, withValue } from './paths'

const NO_CONFIG: Record<string, unknown> = {}

/** A node's options to be edited; what is typed until `leave` is one step to undo, what is chosen is one each. */
export function useNodeForm(
  nodeId: string,
  module: ModuleOut,
  problems: readonly ProblemOut[],
): { form: Form; leave: () => void } {
  const config = useEditor(state => configOf(state.nodes, nodeId)) ?? NO_CONFIG
  const outputs = useEditor(state => state.verdict.schemas[nodeId])
  const inputs = useInputs(nodeId, module)
  const step = useRef(0)

  const changeAll = useCallback(
    (changes: readonly (readonly [Path, unknown])[], manner: Manner) => {
      const { nodes, configure } = useEditor.getState()
      // What is there now, and not what was drawn: an upload may end after other changes.
      const before = configOf(nodes, nodeId) ?? NO_CONFIG
      const after = changes.reduce<unknown>((known, [path, value]) => withValue(known, path, value), before)
      if (manner === 'chosen') step.current += 1
      const place = pointerOf(changes[0]?.[0] ?? [])
      configure(nodeId, { config: after as Record<string, unknown> }, `${place} ${step.current}`)
      if (manner === 'chosen') step.current += 1
    },
    [nodeId],
  )
  const leave = useCallback(() => {
    step.current += 1
  }, [])
  const form = useMemo<Form>(
    () => ({
      nodeId,
      module,
      config,
      inputs,
      outputs,
      problems,
      changeAll,
      change: (path, value, manner) => changeAll([[path, value]], manner),
    }),
    [nodeId, module, config, inputs, outputs, problems, changeAll],
  )
  return { form, leave }
}

/** The columns that arrive at each handle; of several edges at one, all of them once. */
function useInputs(nodeId: string, module: ModuleOut): Record<string, Columns> {
  const sources = useEditor(
    useShallow(state =>
      module.inputs.map(({ handle }) =>
        state.edges
          .filter(edge => edge.target === nodeId && (edge.targetHandle ?? handle) === handle)
          .map(edge => edge.source)
          .join('\n'),
      ),
    ),
  )
  const schemas = useEditor(state => state.verdict.schemas)
  return useMemo(
    () =>
      Object.fromEntries(
        module.inputs.map(({ handle }, position) => {
          const found = (sources[position] ?? '')
            .split('\n')
            .filter(Boolean)
            .map(id => schemas[id])
          if (found.length === 0 || found.some(each => each === undefined)) return [handle, undefined]
          const byName = new Map(found.flatMap(each => each ?? []).map(column => [column.name, column]))
          return [handle, [...byName.values()]]
        }),
      ),
    [module, sources, schemas],
  )
}

function configOf(
  nodes: ReturnType<typeof useEditor.getState>['nodes'],
  nodeId: string,
): Record<string, unknown> | undefined {
  const node = nodes.find(each => each.id === nodeId)
  return node && isModule(node) ? node.data.config : undefined
}
