import type { AlertRulesOut, ProblemOut } from '@/api/generated'
import { ApiError } from '@/api/problem'

export type Rules = Omit<AlertRulesOut, 'use_defaults'>
export type Receiver = Rules['receivers'][number]

export const NOBODY: Rules = {
  receivers: [],
  on_failure: true,
  on_recovery: true,
  late_after_seconds: null,
  long_after_seconds: null,
}

export const CONNECTION_TYPES = { email: 'smtp', slack: 'slackwebhook', webhook: 'http' } as const

/** The rules alone, in one order, so that they can be compared and sent. */
export function rulesOf(saved: Rules): Rules {
  const { receivers, on_failure, on_recovery, late_after_seconds, long_after_seconds } = saved
  return { receivers, on_failure, on_recovery, late_after_seconds, long_after_seconds }
}

/** What is wrong with one field; `path` begins at the rules. */
export type RuleProblem = { path: string; message: string }

/** The service's problems with rules, by their place in them; `at` is where the rules stand in what was sent. */
export function ruleProblems(problems: readonly ProblemOut[] | null | undefined, at = ''): RuleProblem[] {
  return (problems ?? [])
    .filter(({ path }) => path?.startsWith(`${at}/`))
    .map(({ path, message, hint }) => ({
      path: (path ?? '').slice(at.length),
      message: [message, hint].filter(Boolean).join(' '),
    }))
}

/** The same of a request that was refused. */
export function refusedRules(error: unknown): RuleProblem[] {
  return error instanceof ApiError ? ruleProblems(error.details.problems) : []
}

/** What is wrong at a place or below it, as a field shows it. */
export function problemsAt(problems: readonly RuleProblem[], place: string): string | undefined {
  const found = problems.filter(({ path }) => path === place || path.startsWith(`${place}/`))
  return [...new Set(found.map(({ message }) => message))].join(' ') || undefined
}

/** Those of one part, with their places in it. */
export function problemsIn(problems: readonly RuleProblem[], part: string): RuleProblem[] {
  return problems
    .filter(({ path }) => path.startsWith(`${part}/`))
    .map(({ path, message }) => ({ path: path.slice(part.length), message }))
}
