import type { ErrorSchema } from '@rjsf/utils'
import type { ProblemOut } from '@/api/generated'

/** A node's problems at the fields that their pointers name, as the form takes them. */
export function fieldErrors(problems: readonly ProblemOut[]): ErrorSchema {
  const root: Record<string, unknown> = {}
  for (const { path, message, hint } of problems) {
    if (!path) continue
    let place = root
    for (const step of steps(path)) {
      place[step] ??= {}
      place = place[step] as Record<string, unknown>
    }
    place.__errors = [...((place.__errors as string[]) ?? []), withHint(message, hint)]
  }
  return root as ErrorSchema
}

export function withHint(message: string, hint: string | null): string {
  return hint ? `${message} ${hint}` : message
}

/** The steps of a JSON pointer. */
export function steps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
