import { createContext, useContext } from 'react'
import type { ColumnOut, ModuleOut, ProblemOut } from '@/api/generated'
import type { Option } from './options'
import type { Path } from './paths'
import { problemsAt } from './paths'

/** Whether a change is one key of many, undone together, or an action by itself. */
export type Manner = 'typed' | 'chosen'

export type Columns = readonly ColumnOut[] | undefined

/** What the fields of one node's form share. */
export type Form = {
  nodeId: string
  module: ModuleOut
  config: Readonly<Record<string, unknown>>
  /** By handle; undefined where they are not known. */
  inputs: Readonly<Record<string, Columns>>
  outputs: Columns
  problems: readonly ProblemOut[]
  change: (path: Path, value: unknown, manner: Manner) => void
  /** Several at once, undone together. */
  changeAll: (changes: readonly (readonly [Path, unknown])[], manner: Manner) => void
}

export const FormContext = createContext<Form | null>(null)

export function useForm(): Form {
  const form = useContext(FormContext)
  if (!form) throw new Error('A field stands outside of a form.')
  return form
}

/** The columns that an option may name; undefined while they are not known. */
export function useColumns(option: Pick<Option, 'input'>): Columns {
  const { inputs, module, outputs } = useForm()
  if (option.input) return inputs[option.input]
  // What a source reads is what comes out of it.
  if (module.inputs.length === 0) return outputs
  const all = module.inputs.map(({ handle }) => inputs[handle])
  return all.some(each => each === undefined) ? undefined : all.flatMap(each => each ?? [])
}

export function useProblems(path: Path, deep: boolean): ProblemOut[] {
  return problemsAt(useForm().problems, path, deep)
}
