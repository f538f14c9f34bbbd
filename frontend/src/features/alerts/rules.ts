import type { AlertRulesOut } from '@/api/generated'

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
