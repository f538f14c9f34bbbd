import type { InputWrapperProps } from '@mantine/core'
import type { ProblemOut } from '@/api/generated'
import { strings } from '@/strings'
import { withHint } from '../../model/problems'
import { useProblems } from './context'
import { Help } from './Help'
import type { Option } from './options'
import type { Path } from './paths'
import { pointerOf } from './paths'

export type FieldProps<V = unknown> = {
  option: Option
  path: Path
  value: V
  /** In a row of several: the label alone. */
  isCompact?: boolean
}

type Frame = Pick<InputWrapperProps, 'label' | 'description' | 'error' | 'withAsterisk' | 'size'> & {
  wrapperProps: { 'data-path': string; title?: string }
}

/** What stands around each field: label, help, and the problems of its place. `deep`: also of what is within it. */
export function useFrame({ option, path, isCompact }: FieldProps, { deep = true } = {}): Frame {
  const problems = useProblems(path, deep)
  return {
    label: option.title,
    description: isCompact ? undefined : <Help option={option} path={path} />,
    error: problems.length > 0 ? problems.map(problem => said(problem, option, path)).join(' ') : undefined,
    withAsterisk: option.isRequired,
    size: isCompact ? 'xs' : 'sm',
    wrapperProps: { 'data-path': pointerOf(path), title: isCompact ? option.help : undefined },
  }
}

/** The help of an option stands above it already, and a hint that repeats it says nothing. */
function said(problem: ProblemOut, option: Option, path: Path): string {
  if (problem.code !== 'option-missing') return withHint(problem.message, problem.hint)
  return problem.path === pointerOf(path) ? strings.config.missing(option.title) : problem.message
}
